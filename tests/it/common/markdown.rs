//! What stands in a page of Markdown.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page's parts.
#[derive(Debug, Default)]
pub struct Page {
    /// Where it is.
    pub path: PathBuf,
    /// What its headings are called in links.
    pub anchors: Vec<String>,
    /// Where its links and pictures lead.
    pub links: Vec<String>,
    /// Its code blocks.
    pub blocks: Vec<Block>,
    /// Its words in code.
    pub code: Vec<String>,
}

/// A code block.
#[derive(Debug)]
pub struct Block {
    /// The heading that it stands under.
    pub heading: String,
    /// What it is written in.
    pub language: String,
    /// Its text.
    pub text: String,
}

impl Page {
    /// Reads a page.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut page = Page { path: path.to_owned(), ..Page::default() };
        let (mut heading, mut in_heading, mut block) = (String::new(), false, None);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => (heading, in_heading) = (String::new(), true),
                Event::End(TagEnd::Heading(_)) => {
                    in_heading = false;
                    page.anchors.push(heading.clone());
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    block =
                        Some(Block { heading: heading.clone(), language: language.to_string(), text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
                Event::Text(text) | Event::Code(text) if in_heading => heading.push_str(&text),
                Event::Text(text) => block.iter_mut().for_each(|block| block.text.push_str(&text)),
                Event::Code(text) => page.code.push(text.into_string()),
                _ => {}
            }
        }
        page.name_anchors();
        page
    }

    /// As hosts of code and mdBook name them.
    fn name_anchors(&mut self) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for anchor in &mut self.anchors {
            let kept = anchor.to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
            *anchor = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let times = seen.entry(anchor.clone()).or_default();
            if *times > 0 {
                anchor.push_str(&format!("-{times}"));
            }
            *times += 1;
        }
    }

    /// The code blocks in a language under a heading.
    pub fn under<'a>(&'a self, heading: &str, language: &str) -> Vec<&'a str> {
        let of = |block: &&Block| block.heading == heading && block.language == language;
        self.blocks.iter().filter(of).map(|block| block.text.as_str()).collect()
    }
}

/// The pages of the documentation, but for their list.
pub fn pages() -> Vec<Page> {
    let mut paths: Vec<PathBuf> = fs::read_dir("docs").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("SUMMARY.md"));
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}
