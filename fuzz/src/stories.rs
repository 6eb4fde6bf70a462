//! Feeds made from a fuzzer's bytes: few sentences, cut and joined, so that stories meet.

use arbitrary::Arbitrary;
use wirefold::{About, Story};

const SENTENCES: [&str; 20] = [
    "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday.",
    "Frost took a third of the blossom in the orchards of Pellworth on Sunday night.",
    "\"We shall count the trees in May and not before,\" said Ilse Vantour of the growers.",
    "Trading in Brackwater closed two points higher after a slow morning.",
    "KELM, March 3 (Northwire) - The museum of Tarn keeps its doors shut until the roof has been mended.",
    "Six boats of the rescue service searched the bay of Hollin through the night.",
    "The council voted eleven to four for a second bridge over the Marre.",
    "SEE ALSO: Storm Nears",
    "Wheat for delivery in March cost 214 crowns a ton, barley 187.",
    "Wheat for delivery in March cost 198 crowns a ton, barley 171.",
    "The reporting was done in Orlemond by the desk of the Kelm Courier.",
    "“Wir zählen die Bäume im Mai“, sagte Ilse Vantour.",
    "Паром в Орлемонд не выйдет до полудня, сообщил порт Кельма.",
    "オルレモンド行きのフェリーは正午まで出ない。",
    "UPDATE 2-Kelm harbor ice is too thick, says Vantour",
    "no no no no no no no no no no no no no no no no",
    "e\u{301}\u{301}\u{301} x\u{200b}y",
    "",
    "\n\n",
    "12",
];

const SOURCES: [Option<&str>; 3] = [None, Some("Northwire"), Some("Kelm Courier")];
const ITEMS: [Option<&str>; 3] = [None, Some("ferry"), Some("frost")];
const STATUS: [Option<&str>; 3] = [None, Some("canceled"), Some("usable")];

/// A story: sentences by number, what is cut off, and what stands behind.
#[derive(Arbitrary, Clone, Debug)]
pub struct Made {
    sentences: Vec<u8>,
    cut: u8,
    capitals: bool,
    title: Option<u8>,
    facts: u8,
    version: Option<u8>,
    published: Option<u16>,
    more: String,
}

impl Made {
    fn text(&self) -> String {
        let sentences = self.sentences.iter().take(12);
        let sentences = sentences.map(|&number| SENTENCES[usize::from(number) % SENTENCES.len()]);
        let mut text =
            sentences
                .collect::<Vec<_>>()
                .join(if self.cut >= 128 { "\n\n" } else { " " });
        let keep = text.len() - text.len().min(usize::from(self.cut % 64));
        text.truncate(text.floor_char_boundary(keep));
        if self.capitals {
            text = text.to_uppercase();
        }
        text.push_str(&self.more[..self.more.floor_char_boundary(300)]);
        text
    }

    fn title(&self) -> Option<&'static str> {
        self.title
            .map(|number| SENTENCES[usize::from(number) % SENTENCES.len()])
    }
}

/// Stories with texts of their own. Ids are those of the places, in no order.
pub struct Feed {
    texts: Vec<String>,
    made: Vec<Made>,
}

impl Feed {
    pub fn new(mut made: Vec<Made>) -> Self {
        made.truncate(40);
        Feed {
            texts: made.iter().map(Made::text).collect(),
            made,
        }
    }

    /// The stories with their ids, as a source of texts.
    pub fn stories(&self) -> Vec<(String, Story<'_>)> {
        let all = self.made.iter().zip(&self.texts).enumerate();
        let all = all.map(|(number, (made, text))| {
            let facts = usize::from(made.facts);
            let about = About {
                source: SOURCES[facts % 3],
                published: made.published.map(|hours| i64::from(hours) * 3_600),
                item: ITEMS[facts / 3 % 3],
                slug: ITEMS[facts / 27 % 3],
                version: made.version.map(u64::from),
                status: STATUS[facts / 9 % 3],
                embargo: None,
            };
            (
                format!("s{:03}", number * 787 % 1009),
                Story {
                    title: made.title(),
                    text,
                    about,
                },
            )
        });
        all.collect()
    }
}
