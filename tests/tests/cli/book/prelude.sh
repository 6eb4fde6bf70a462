# Feeds of a few hundred stories are as good for a test as those of a million.
fewer() {
    local arg small=()
    while [ "$#" -gt 0 ]; do
        small+=("$1")
        case "$1" in
            --stories | --giant-bytes)
                shift
                if [ "$1" -gt 20000 ]; then small+=(500); else small+=("$1"); fi
                ;;
        esac
        shift
    done
    wirefold-corpus "${small[@]}"
}

cargo() {
    printf '%s\n' "$*" >>.cargo-asked
    local command="$*"
    case "$command" in
        "run "*"-p wirefold-cli -- "*)
            while [ "$1" != -- ]; do shift; done
            shift
            wirefold "$@"
            ;;
        "run "*"-p wirefold-corpus -- "*)
            while [ "$1" != -- ]; do shift; done
            shift
            fewer "$@"
            ;;
    esac
}

# A feed that is followed ends here.
tail() {
    if [ "$1" = -f ]; then
        cat "$2"
    else
        command tail "$@"
    fi
}

# Of what is fetched, only the archives of a release are there.
curl() {
    local name=${!#}
    name=${name##*/}
    case "$name" in
        wirefold-*.tar.gz)
            local folder=${name%.tar.gz}
            mkdir "$folder" && ln -s "$(command -v wirefold)" "$folder" && tar -czf "$name" "$folder" && rm -r "$folder"
            ;;
        *.sha256) sha256sum "${name%.sha256}" >"$name" ;;
        *) return 22 ;;
    esac
}

# Nobody is there to turn the page.
less() { cat; }

# Run by tests of their own, or by people.
gh() { :; }
rustup() { :; }
spark-submit() { :; }
pip() { :; }
maturin() { :; }
pytest() { :; }
mdbook() { :; }
perf() { :; }
python3() { :; }
