//! What strangers might write to reach beyond the words they are shown as.

/// Bare ones, by what they aim at.
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "</bdi></p></li></style><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    "<!-- --><b>bold",
    "&lt;script&gt; &#60;b&#62; &amp",
    "]]><![CDATA[<x>",
    "<//evil.example>",
    "<iframe src=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<details open ontoggle=alert(1)>",
    "<form action=//evil.example><button>Pay now",
    "<plaintext>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><s>",
    "<a\tid=w1\thref=//evil.example>look",
    "&#x3c;img src=x&#x3e;",
    "<table><tr><td>",
    "</main></body></html><p>behind",
    "<link rel=stylesheet href=//evil.example/a.css>",
];
const ATTRIBUTES: &[&str] = &[
    "\"><a href=\"javascript:alert(1)\">x</a>",
    "' onmouseover='alert(1)",
    "\" style=\"position:fixed;inset:0\" x=\"",
    "` onclick=alert(1) `",
    "x\" id=\"main",
    "javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "url(//evil.example/x.png)",
    "expression(alert(1))",
    "{{ frame.version }} {% include \"style.css\" %}",
    "${7*7} #{7*7} <%= 7*7 %>",
];
const MARKDOWN: &[&str] = &[
    "# a heading",
    "[click](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    "![x][y] [y]",
    "[y]: //evil.example",
    "`code` ```fence",
    "~~~ fence",
    "| a | b |",
    "- item",
    "1. item",
    "===",
    "---",
    "*emph* __strong__ ~~gone~~ **b**",
    "\\*escaped\\* \\",
    "https://evil.example/path?x=1",
    "HTTP://EVIL.EXAMPLE",
    "www.evil.example",
    "<https://evil.example>",
    "mail me@evil.example",
    "> a quote",
    "    indented code",
    "[x]: <data:text/html,y> 'title'",
    "[^1] [^1]: note",
    "$x^2$ $$y$$",
    ":smile: @ops #12",
    "- [ ] task",
    "Setext\n===",
    "a  \nhard break",
    "line\n\n# heading after a break\n\n<div>",
    "&nbsp;&copy;&#35; heading",
];
const FORMULAS: &[&str] = &[
    "=1+1",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example\",\"pay\")",
    "+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1",
    "  =1",
    "\u{0}=1",
    "\u{a0}=1",
    "\u{3000}=1",
    "\u{200b}=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\"=1",
    "\",=1,\"",
    "a\n=1",
    ";=1",
    "%0A=1",
    "|calc",
    "'=1",
];
const ESCAPES: &[&str] = &[
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}[?1049h",
    "\u{1b}Pq#0;2;0;0;0\u{1b}\\",
    "\u{1b}c",
    "\u{9b}31m",
    "\u{9d}52;c;ZXZpbA==\u{9c}",
    "\u{90}x\u{9c}",
    "back\u{8}\u{8}\u{8}space",
    "bell\u{7}",
    "over\rwritten",
    "form\u{c}feed\u{b}",
    "\u{e}shift\u{f}",
    "del\u{7f}",
    "nul\u{0}byte",
    "\u{1b}[6n",
    "\u{1b}_private\u{1b}\\",
    "\u{1b}^message\u{1b}\\",
    "\u{18}\u{1a}\u{5}",
    "line\u{85}end",
    "^[[31m",
];
const HIDDEN: &[&str] = &[
    "gpj.exe\u{202e}txt.plan",
    "zero\u{200b}width\u{feff} \u{e0041}tag",
    "\u{2028}separator\u{2029}",
    "\u{2066}isolated\u{2069} \u{2067}",
    "pay\u{200d}pal",
    "soft\u{ad}hyphen",
    "\u{3164}filler\u{ffa0}",
    "a\u{fe0f}\u{fe0f}\u{fe0f}",
    "\u{180e}\u{2800}\u{115f}",
    "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}",
    "\u{fff9}anchor\u{fffb}",
    "\u{61c}\u{200e}\u{200f}marks",
];

/// How they are dressed: as they are, within words, repeated, behind what may end the place they stand in.
const DRESSES: [fn(&str) -> String; 2] =
    [|payload| payload.to_owned(), |payload| format!("Hello \"Ann\", {payload} and {payload}")];

/// Every payload, each once.
pub fn all() -> Vec<String> {
    let bare = [MARKUP, ATTRIBUTES, MARKDOWN, FORMULAS, ESCAPES, HIDDEN].concat();
    DRESSES.iter().flat_map(|dress| bare.iter().map(|payload| dress(payload))).collect()
}

#[test]
fn there_are_two_hundred_and_each_is_another() {
    let all = all();
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert!(distinct.len() == all.len() && all.len() >= 200, "{}", all.len());
}
