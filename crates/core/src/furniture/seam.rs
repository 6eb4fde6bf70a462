//! Where a headline ends that was glued to the sentence after it.

/// Names with a capital inside, which look like a seam.
const CAMELS: &[&str] = &[
    "AirBnB",
    "AstraZeneca",
    "BioNTech",
    "BlackBerry",
    "BlackRock",
    "BuzzFeed",
    "ByteDance",
    "ChatGPT",
    "CrowdStrike",
    "DeepMind",
    "DeepSeek",
    "DoorDash",
    "DreamWorks",
    "ExxonMobil",
    "FedEx",
    "GitHub",
    "GlaxoSmithKline",
    "HarperCollins",
    "HuffPost",
    "JetBlue",
    "LinkedIn",
    "MasterCard",
    "McLaren",
    "MicroStrategy",
    "NetEase",
    "OpenAI",
    "PayPal",
    "PlayStation",
    "PricewaterhouseCoopers",
    "RyanAir",
    "SoftBank",
    "SoundCloud",
    "SpaceX",
    "TechCrunch",
    "ThyssenKrupp",
    "TikTok",
    "UniCredit",
    "WeChat",
    "WeWork",
    "WhatsApp",
    "WikiLeaks",
    "WordPress",
    "YouGov",
    "YouTube",
];

/// What stands before the capital in surnames and in names of machines.
const PREFIXES: &[&str] = &[
    "Mc", "Mac", "Fitz", "De", "Di", "Du", "La", "Le", "Van", "Von", "i", "e", "x", "al",
];

/// How far a headline may reach, in bytes; a seam behind it is not looked for.
const LONGEST: usize = 240;

/// The least words of a sentence after a seam.
const LEAST_WORDS: usize = 4;

/// The offset in a line, after `from`, at which a glued sentence begins: a small letter or a
/// closing mark, and directly behind it a capital or an opening quotation mark. What follows must
/// read like a sentence, for headlines have names such as "`LinkedIn`" in them.
pub(super) fn sentence(line: &str, from: usize) -> Option<usize> {
    let line = line.trim_end();
    if !line.ends_with([
        '.', '!', '?', '…', ':', '"', '\u{201d}', '»', '\u{201c}', ')', '\u{2019}',
    ]) {
        return None;
    }
    let mut word = from;
    let mut before = [' ', ' '];
    for (offset, c) in line[from..].char_indices() {
        let at = from + offset;
        if offset > LONGEST {
            break;
        }
        if glued(before, c, &line[at + c.len_utf8()..])
            && !in_name(&line[word..], at - word)
            && has_words(&line[at..])
        {
            return Some(at);
        }
        if !c.is_alphanumeric() {
            word = at + c.len_utf8();
        }
        before = [before[1], c];
    }
    None
}

/// Whether a sentence can begin with `c` directly behind the two characters before it.
pub(super) fn glued(before: [char; 2], c: char, after: &str) -> bool {
    let opens = match c {
        '\u{201c}' | '\u{201e}' | '«' | '"' => {
            after.starts_with(|next: char| next.is_alphanumeric() || next == '\u{a0}')
        }
        _ => c.is_uppercase(),
    };
    let [earlier, last] = before;
    opens
        && match last {
            // "U.S." and "J.P." have periods inside.
            '.' | '!' | '?' => !earlier.is_uppercase(),
            '\u{201d}' | '»' | ')' | '…' => true,
            '"' => c != '"' && !earlier.is_whitespace() && earlier != '(',
            _ => last.is_lowercase(),
        }
}

fn in_name(word: &str, seam: usize) -> bool {
    PREFIXES.contains(&&word[..seam])
        || CAMELS
            .iter()
            .any(|camel| camel.len() > seam && word.starts_with(camel))
}

/// Whether enough words follow for a sentence. Looks no farther than a headline reaches.
fn has_words(rest: &str) -> bool {
    let gaps = rest
        .chars()
        .take(LONGEST)
        .filter(|c| c.is_whitespace())
        .count();
    gaps >= LEAST_WORDS - 1
}
