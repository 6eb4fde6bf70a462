//! News items by the IPTC standard ninjs, versions 1.0 to 3.x.
//!
//! Version 1 has fields such as `body_text`, `body_xhtml` and `byline`; version 2 lists such as
//! `bodies`, each member with its role and content type; version 3 the same in camel case. Names are
//! compared without case, so that one table does for all three.

use super::html;
use super::item::{Item, last_part, some};
use super::markup;
use super::newsml::kind_of_item;
use super::xml;
use crate::cells::cells;
use crate::refused::Reason;
use serde_json::Value;
use wirefold::takes_back;

/// The fields of an item that are read, in lower case.
struct Fields(Vec<(String, Value)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|field| field.0 == name).map(|f| &f.1)
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| match self.get(name)? {
            Value::String(text) => some(text),
            Value::Number(number) => some(number.to_string()),
            _ => None,
        })
    }

    /// The members of a list.
    fn list(&self, name: &str) -> &[Value] {
        self.get(name)
            .and_then(Value::as_array)
            .map_or(&[], |list| list)
    }
}

/// Fields of version 1 that begin so are read too.
const FAMILIES: [&str; 3] = ["body_", "description_", "headline_"];
const READ: &[&str] = &[
    "uri",
    "type",
    "version",
    "language",
    "firstcreated",
    "versioncreated",
    "contentcreated",
    "embargoed",
    "pubstatus",
    "urgency",
    "slugline",
    "headline",
    "headlines",
    "title",
    "by",
    "byline",
    "bodies",
    "descriptions",
    "located",
    "copyrightholder",
    "infosource",
    "infosources",
    "dateline",
];

/// Reads the item in `json`, which begins on a line of the source.
pub(super) fn item(json: &[u8], line: u64) -> Result<Item, Reason> {
    let fields = fields(json, line)?;
    let kind = fields.text(&["type"]).map(|kind| kind.to_lowercase());
    if let Some(found) = kind.as_deref().and_then(kind_of_item) {
        return Err(Reason::NotAStory { found });
    }
    let language = fields.text(&["language"]);
    let headline = best(
        fields.list("headlines"),
        &["main", "headline", "title"],
        language.as_deref(),
    )
    .or_else(|| fields.text(&["headline", "title"]))
    .or_else(|| family(&fields, "headline_").map(|text| text.value));
    let bodies = texts(&fields, "bodies", "body_", language.as_deref());
    let body = choose(&bodies).or_else(|| {
        let descriptions = texts(&fields, "descriptions", "description_", language.as_deref());
        choose(&descriptions)
    });
    let status = fields.text(&["pubstatus"]).as_deref().and_then(last_part);
    // Whoever waits for an item must hear that it is taken back, with or without a text.
    let taken_back = status.as_deref().is_some_and(takes_back);
    let body = body.filter(|text| !text.is_empty());
    let Some(text) = body.or_else(|| taken_back.then(String::new)) else {
        let found = if kind.as_deref() == Some("composite") {
            "a package without a text of its own"
        } else {
            "an item without a text"
        };
        return Err(Reason::NotAStory {
            found: found.to_owned(),
        });
    };
    let created = fields.text(&["versioncreated", "contentcreated"]);
    Ok(Item {
        id: fields.text(&["uri"]),
        version: fields.text(&["version"]),
        source: fields
            .text(&["copyrightholder"])
            .or_else(|| named(fields.list("infosources")))
            .or_else(|| named(fields.list("infosource"))),
        published: fields.text(&["firstcreated"]).or_else(|| created.clone()),
        updated: created,
        slug: fields.text(&["slugline"]),
        title: headline.as_deref().and_then(html::line),
        byline: fields.text(&["byline", "by"]),
        dateline: fields.text(&["dateline"]),
        located: fields.text(&["located"]),
        status,
        embargo: fields.text(&["embargoed"]),
        urgency: fields.text(&["urgency"]),
        language,
        text,
        ..Item::default()
    })
}

fn fields(json: &[u8], line: u64) -> Result<Fields, Reason> {
    let broken = |message: String| Reason::BrokenSource {
        what: "JSON",
        line,
        message,
    };
    let json = std::str::from_utf8(json).map_err(|error| Reason::InvalidUtf8 {
        offset: error.valid_up_to() as u64,
    })?;
    let told = |error: serde_json::Error| {
        let message = error.to_string();
        broken(
            message
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let mut fields = Vec::new();
    for (name, value) in cells(json).map_err(told)? {
        let name = name.to_lowercase();
        if READ.contains(&name.as_str()) || FAMILIES.iter().any(|family| name.starts_with(family)) {
            fields.push((name, serde_json::from_str(value.get()).map_err(told)?));
        }
    }
    Ok(Fields(fields))
}

/// One wording of a text.
struct Text {
    value: String,
    form: Form,
}

/// The content type of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Html,
    Xml,
    /// For machines.
    Other,
}

impl Form {
    fn of(content_type: &str, role: &str) -> Self {
        let (kind, role) = (content_type.to_lowercase(), role.to_lowercase());
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.contains("nitf") || (kind.is_empty() && role.ends_with("nitf")) {
            Form::Xml
        } else if kind.contains("html") || (kind.is_empty() && role.contains("html")) {
            Form::Html
        } else if kind.is_empty() || kind == "text/plain" {
            Form::Plain
        } else {
            Form::Other
        }
    }
}

/// All wordings of bodies or descriptions: of the list of versions 2 and 3, and of the fields of
/// version 1 whose names begin so.
fn texts(fields: &Fields, list: &str, family: &str, language: Option<&str>) -> Vec<Text> {
    let members = fields.list(list);
    let fits = |member: &&Value| match (member_text(member, "language"), language) {
        (Some(own), Some(language)) => own.eq_ignore_ascii_case(language),
        _ => true,
    };
    let some_fit = members.iter().any(|member| fits(&member));
    let members = members.iter().filter(|member| !some_fit || fits(member));
    let mut texts: Vec<Text> = members
        .filter_map(|member| {
            let role = member_text(member, "role").unwrap_or_default();
            if AROUND.contains(&role.to_lowercase().as_str()) {
                return None;
            }
            let kind = member_text(member, "contenttype").unwrap_or_default();
            Some(Text {
                value: member_text(member, "value")?.to_owned(),
                form: Form::of(kind, role),
            })
        })
        .collect();
    for (name, value) in &fields.0 {
        if let (Some(kind), Value::String(value)) = (name.strip_prefix(family), value) {
            texts.push(Text {
                value: value.clone(),
                form: Form::of("", kind),
            });
        }
    }
    texts
}

/// Roles of texts beside the story.
const AROUND: &[&str] = &[
    "caption",
    "creditline",
    "credit",
    "writer",
    "editor",
    "ednote",
    "copyright",
    "alttext",
    "shotlist",
    "script",
];

/// The best wording: plain if it shows where its paragraphs end, else of a form that does.
fn choose(texts: &[Text]) -> Option<String> {
    let first = |form: Form| texts.iter().find(|text| text.form == form);
    let plain = first(Form::Plain).map(|text| html::tidy(&text.value));
    if let Some(text) = plain.as_ref().filter(|text| text.contains('\n')) {
        return Some(text.clone());
    }
    let html = first(Form::Html).map(|text| html::text(&text.value));
    let xml = || {
        let text = first(Form::Xml)?;
        let root = xml::whole(&text.value)?;
        let content = root.find("body.content").unwrap_or(&root);
        Some(markup::text(content))
    };
    let told = |text: &String| !text.is_empty();
    html.filter(told)
        .or_else(|| xml().filter(told))
        .or(plain.filter(told))
}

/// A field of a member of a list, whatever the case of its name.
fn member_text<'v>(member: &'v Value, name: &str) -> Option<&'v str> {
    let fields = member.as_object()?;
    let mut found = fields
        .iter()
        .filter(|field| field.0.eq_ignore_ascii_case(name));
    found.find_map(|field| field.1.as_str())
}

/// The value of the member of the best role; else of the first.
fn best(members: &[Value], roles: &[&str], language: Option<&str>) -> Option<String> {
    let rank = |member: &&Value| {
        let role = member_text(member, "role").unwrap_or_default();
        let role = roles
            .iter()
            .position(|known| role.eq_ignore_ascii_case(known));
        let foreign = match (member_text(member, "language"), language) {
            (Some(own), Some(language)) => !own.eq_ignore_ascii_case(language),
            _ => false,
        };
        (foreign, role.unwrap_or(roles.len()))
    };
    let told = members
        .iter()
        .filter(|member| member_text(member, "value").is_some());
    some(member_text(told.min_by_key(rank)?, "value")?)
}

/// The first field of version 1 of a family.
fn family(fields: &Fields, family: &str) -> Option<Text> {
    texts(fields, "", family, None).into_iter().next()
}

/// The name of the first member that has one.
fn named(members: &[Value]) -> Option<String> {
    members
        .iter()
        .find_map(|member| some(member_text(member, "name")?))
}
