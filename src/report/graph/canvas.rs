//! What the layout draws goes in; SVG comes out that fits light and dark pages and tells screen readers what it is.

use std::fmt::Write;

use layout::core::format::{ClipHandle, RenderBackend};
use layout::core::geometry::Point;
use layout::core::style::StyleAttr;

use layout::core::color::Color;
use unicode_width::UnicodeWidthChar;

use crate::report::visible;

/// Beside the name in a box, in pixels.
const PADDING: f64 = 8.;
/// The height of a box, in pixels.
const HEIGHT: f64 = 24.;
/// From which width on a drawing is not made smaller to fit a page, where nobody could read it then.
const WIDE: f64 = 2000.;
/// The size of a line's name, of that in a box.
const SMALLER: f64 = 0.85;
/// Around the drawing, in pixels.
const MARGIN: f64 = 16.;
/// How far the name of a line stands above it, in pixels.
const ABOVE: f64 = 8.;
/// Between parts that do not hang together, in pixels.
const GAP: f64 = 24.;

/// The width of a bold text in a box, in pixels: as in one of the widest fonts that pages come to be shown in (DejaVu Sans), so that
/// it is rather too much than too little.
fn width(text: &str) -> f64 {
    let advance = |character: char| match character {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 5.,
        'f' | 't' | 'r' | 's' | ' ' | '-' | '(' | ')' | '[' | ']' | '_' => 7.5,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 13.5,
        'A'..='Z' => 10.5,
        ' '..='~' => 9.,
        other => match other.width() {
            None | Some(0) => 0.,
            Some(1) => 12.,
            Some(_) => 16.,
        },
    };
    visible(text).chars().map(advance).sum()
}

/// The size of the box around a name.
pub(super) fn size_of_box(name: &str) -> Point {
    Point::new(width(name) + 2. * PADDING, HEIGHT)
}

/// The width of a character of a line's name by which the layout comes to have room for it: it knows no other way, and no height apart from it.
pub(super) fn character_of(text: &str) -> usize {
    (SMALLER * width(text) / text.chars().count().max(1) as f64).ceil().max(7.) as usize
}

/// What a line means, which decides its colour on light and on dark ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// As ever.
    Plain,
    /// A fix writes another list.
    Rewritten,
    /// Deletes go around.
    Cycle,
    /// Rows are deleted that others may share, or that were not deleted before.
    Danger,
    /// Deletes that are no more.
    Gone,
}

impl Ink {
    const ALL: [Ink; 5] = [Ink::Plain, Ink::Rewritten, Ink::Cycle, Ink::Danger, Ink::Gone];

    /// The name of its class in the style sheet.
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Rewritten => "rewritten",
            Self::Cycle => "cycle",
            Self::Danger => "danger",
            Self::Gone => "gone",
        }
    }

    /// How the layout carries it through to the canvas: as a colour that is never seen.
    pub fn color(self) -> Color {
        Color::new(self as u32)
    }

    /// The ink that such a colour stands for.
    fn of(look: &StyleAttr) -> Self {
        let color = look.line_color.to_web_color();
        Self::ALL.into_iter().find(|ink| ink.color().to_web_color() == color).unwrap_or(Self::Plain)
    }
}

const STYLE: &str = "
.plain{--ink:#57606a}.rewritten{--ink:#1a7f37}.cycle{--ink:#bc4c00}.danger{--ink:#cf222e}.gone{--ink:#8c959f}
svg.deletes{--ground:#fff;--text:#1f2328;--box:#f6f8fa;background:var(--ground)}
@media(prefers-color-scheme:dark){
.plain{--ink:#9198a1}.rewritten{--ink:#3fb950}.cycle{--ink:#f0883e}.danger{--ink:#ff7b72}.gone{--ink:#656c76}
svg.deletes{--ground:#0d1117;--text:#f0f6fc;--box:#151b23}}
.deletes rect{fill:var(--box);stroke:var(--ink)}
.deletes path.line{fill:none;stroke:var(--ink);stroke-width:1.5}
.deletes .danger.line{stroke-width:2.5}
.deletes path.head{fill:var(--ink)}
.deletes text{font:12px system-ui,sans-serif;fill:var(--text);text-anchor:middle;dominant-baseline:middle}
.deletes .box text{font-weight:600}
.deletes text.edge{font-size:11px;fill:var(--ink);paint-order:stroke;stroke:var(--ground);stroke-width:4px}
";

/// A drawing.
#[derive(Default)]
pub(super) struct Canvas {
    /// Lines come first: boxes and texts stand on them.
    lines: String,
    boxes: String,
    texts: String,
    /// A box awaits its text.
    is_box: bool,
    /// Where the names of lines stand, and half their widths.
    labels: Vec<(Point, f64)>,
    /// How much further down this part is drawn.
    down: f64,
    /// The least and the greatest coordinates that are drawn at.
    bounds: Option<(Point, Point)>,
}

impl Canvas {
    /// Draws what comes next below everything so far.
    pub fn begin_below(&mut self) {
        self.down = self.bounds.map_or(0., |(_, most)| most.y + GAP);
        self.labels.clear();
    }

    fn moved(&self, point: Point) -> Point {
        Point::new(point.x, point.y + self.down)
    }

    /// The points of a line; where its name stands, it goes straight through beneath.
    fn through_labels(&self, path: &[(Point, Point)]) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        let places = path.iter().enumerate().map(|(index, (exit, entry))| if index == 0 { *exit } else { *entry });
        for point in places.map(|point| self.moved(point)) {
            let is_here =
                |(at, half): &&(Point, f64)| (at.y - point.y).abs() < 1. && (at.x - point.x).abs() < half + 2. * MARGIN;
            match self.labels.iter().find(is_here) {
                Some((at, half)) => {
                    let (left, right) = (Point::new(at.x - half, at.y), Point::new(at.x + half, at.y));
                    let is_backwards = points.last().is_some_and(|last| last.x > at.x);
                    points.extend(if is_backwards { [right, left] } else { [left, right] });
                }
                None => points.push(point),
            }
        }
        points
    }

    fn reach(&mut self, point: Point) {
        let (least, most) = self.bounds.unwrap_or((point, point));
        self.bounds = Some((
            Point::new(least.x.min(point.x), least.y.min(point.y)),
            Point::new(most.x.max(point.x), most.y.max(point.y)),
        ));
    }

    /// The drawing as a whole.
    pub fn finish(self, title: &str) -> String {
        let (least, most) = self.bounds.unwrap_or((Point::zero(), Point::zero()));
        let (left, top) = (least.x - MARGIN, least.y - MARGIN);
        let (width, height) = (most.x - least.x + 2. * MARGIN, most.y - least.y + 2. * MARGIN);
        let heads: String = Ink::ALL
            .iter()
            .map(|ink| {
                let class = ink.class();
                format!(
                    "<marker id=\"head-{class}\" class=\"{class}\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" \
                     markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0 9 4 0 8z\"/></marker>"
                )
            })
            .collect();
        let wide = if width > WIDE { " wide" } else { "" };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"deletes{wide}\" role=\"img\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"{left:.1} {top:.1} {width:.1} {height:.1}\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
             <defs>{heads}</defs>\n{}{}{}</svg>\n",
            escaped(title),
            self.lines,
            self.boxes,
            self.texts
        )
    }
}

impl RenderBackend for Canvas {
    fn draw_rect(&mut self, at: Point, size: Point, look: &StyleAttr, _: Option<String>, _: Option<ClipHandle>) {
        let at = self.moved(at);
        self.reach(at);
        self.reach(at.add(size));
        let _ = write!(
            self.boxes,
            "<g class=\"box {}\"><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{}\"/>",
            Ink::of(look).class(),
            at.x,
            at.y,
            size.x,
            size.y,
            look.rounded
        );
        self.is_box = true;
    }

    fn draw_line(&mut self, start: Point, end: Point, look: &StyleAttr, _: Option<String>) {
        self.draw_arrow(&[(start, start), (end, end)], false, (false, false), look, None, "");
    }

    fn draw_circle(&mut self, _: Point, _: Point, _: &StyleAttr, _: Option<String>) {}

    fn draw_text(&mut self, at: Point, text: &str, look: &StyleAttr) {
        let at = self.moved(at);
        let half = (text.chars().count() * look.font_size) as f64 / 2.;
        self.reach(Point::new(at.x - half, at.y));
        self.reach(Point::new(at.x + half, at.y));
        let (text, ink) = (escaped(text), Ink::of(look).class());
        if std::mem::take(&mut self.is_box) {
            let _ = writeln!(self.boxes, "<text x=\"{:.1}\" y=\"{:.1}\">{text}</text></g>", at.x, at.y);
        } else {
            self.labels.push((at, half));
            let above = at.y - ABOVE;
            let _ = writeln!(self.texts, "<text class=\"edge {ink}\" x=\"{:.1}\" y=\"{above:.1}\">{text}</text>", at.x);
        }
    }

    fn draw_arrow(
        &mut self,
        path: &[(Point, Point)],
        dashed: bool,
        head: (bool, bool),
        look: &StyleAttr,
        _: Option<String>,
        _: &str,
    ) {
        let ink = Ink::of(look).class();
        let points = self.through_labels(path);
        let Some(first) = points.first() else { return };
        let mut along = format!("M{:.1} {:.1}", first.x, first.y);
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let middle = (from.x + to.x) / 2.;
            let _ = write!(along, "C{middle:.1} {:.1} {middle:.1} {:.1} {:.1} {:.1}", from.y, to.y, to.x, to.y);
        }
        points.iter().for_each(|point| self.reach(*point));
        let marker = |name: &str, is_there: bool| {
            if is_there { format!(" marker-{name}=\"url(#head-{ink})\"") } else { String::new() }
        };
        let dashes = if dashed { " stroke-dasharray=\"6 4\"" } else { "" };
        let _ = writeln!(
            self.lines,
            "<path class=\"line {ink}\" d=\"{along}\"{dashes}{}{}/>",
            marker("start", head.0),
            marker("end", head.1)
        );
    }

    fn create_clip(&mut self, _: Point, _: Point, _: usize) -> ClipHandle {
        0
    }
}

fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
