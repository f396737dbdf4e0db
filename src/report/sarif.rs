//! Findings as SARIF 2.1.0, which code hosts and editors show.

use std::collections::BTreeMap;
use std::io::{self, Write};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use serde_sarif::sarif;

use super::host::{self, FileRange, TOOL, fingerprints};
use super::remarks::{RemarkLevel, remarks};
use crate::outcome::{FileOutcome, Finding, Outcome};
use crate::rules::{Code, Diagnostic, FixKind, Rules, Severity};
use crate::source::Position;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What file names are relative to: the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// Which way of telling findings apart the fingerprints are made by; another way gets another name.
const FINGERPRINT: &str = "cascadeFix/v1";

/// What a path of a URI can't have (RFC 3986, 3.3).
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

pub(super) fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules::built_in().map_err(io::Error::other)?;
    let diagnostics: Vec<&Diagnostic> = Code::ALL.iter().filter_map(|code| rules.diagnostic(*code)).collect();
    let results = outcome.findings().zip(fingerprints(outcome));
    let driver = sarif::ToolComponent::builder()
        .name(TOOL.name)
        .semantic_version(TOOL.version)
        .rules(diagnostics.iter().map(|diagnostic| rule(diagnostic)).collect::<Vec<_>>());
    let run = sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver.build()).build())
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation(outcome)])
        .results(
            results
                .filter_map(|((file, finding), fingerprint)| result(outcome, file, finding, fingerprint))
                .collect::<Vec<_>>(),
        )
        .build();
    let report = sarif::Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build();
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn rule(diagnostic: &Diagnostic) -> sarif::ReportingDescriptor {
    let text = |text: &str| sarif::MultiformatMessageString::builder().text(text.trim().to_owned()).build();
    let mut markdown = Vec::new();
    let written = super::write_documentation(super::DocumentationFormat::Markdown, &[diagnostic], false, &mut markdown);
    let markdown = written.map(|()| String::from_utf8_lossy(&markdown).into_owned()).unwrap_or_default();
    let help = sarif::MultiformatMessageString::builder()
        .text(format!("{}\n{}\n{}", diagnostic.why.trim(), diagnostic.changes.trim(), diagnostic.help))
        .markdown(markdown)
        .build();
    let level = sarif::ReportingConfiguration::builder()
        .enabled(diagnostic.code.is_on_by_default())
        .level(json!(level(diagnostic.severity)));
    let precision = if diagnostic.fix == FixKind::Safe { "very-high" } else { "high" };
    let mut rule = sarif::ReportingDescriptor::builder()
        .id(diagnostic.code.as_str())
        .name(diagnostic.name.clone())
        .short_description(text(diagnostic.summary()))
        .full_description(text(&diagnostic.what))
        .help(help)
        .default_configuration(level.build())
        .properties(properties([("precision", json!(precision))], &["sqlalchemy", "asyncio"]))
        .build();
    rule.help_uri = diagnostic.references.first().cloned();
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
    }
}

fn result(outcome: &Outcome, file: &FileOutcome, finding: &Finding, fingerprint: String) -> Option<sarif::Result> {
    let said = [host::message(outcome, finding)].into_iter().chain(finding.reasons()).collect::<Vec<_>>().join("\n");
    let place = FileRange::of_value(file.source.as_ref()?, finding);
    let told = properties(
        [
            ("applicability", json!(finding.fix.as_ref().map(|fix| fix.applicability))),
            ("before", json!(finding.details.before())),
            ("after", json!(finding.details.after())),
            ("relationship", json!(finding.relationship)),
        ],
        &[],
    );
    let level = match finding.severity {
        Severity::Error => sarif::ResultLevel::Error,
        Severity::Warning => sarif::ResultLevel::Warning,
        Severity::Information => sarif::ResultLevel::Note,
    };
    let mut result = sarif::Result::builder()
        .rule_id(finding.code.as_str())
        .rule_index(Code::ALL.iter().position(|code| *code == finding.code)? as i64)
        .level(level)
        .message(text(&said))
        .locations(vec![location(file, Some(region(place)))])
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), fingerprint)]))
        .properties(told)
        .build();
    result.fixes = fix(outcome, file, finding).map(|fix| vec![fix]);
    Some(result)
}

/// What `fix` writes for a finding.
fn fix(outcome: &Outcome, file: &FileOutcome, finding: &Finding) -> Option<sarif::Fix> {
    let replacements = host::replacements(outcome, file, finding);
    let change = |replacement: &host::Replacement<'_>| {
        let text = sarif::ArtifactContent::builder().text(replacement.text.clone()).build();
        let replaced =
            sarif::Replacement::builder().deleted_region(region(replacement.place)).inserted_content(text).build();
        sarif::ArtifactChange::builder()
            .artifact_location(artifact(replacement.file))
            .replacements(vec![replaced])
            .build()
    };
    let description = text(&finding.advice());
    let changes: Vec<_> = replacements.iter().map(change).collect();
    (!changes.is_empty()).then(|| sarif::Fix::builder().description(description).artifact_changes(changes).build())
}

/// Whether the run went well, and what there is to say of files as a whole.
fn invocation(outcome: &Outcome) -> sarif::Invocation {
    let notifications = remarks(outcome).into_iter().map(|remark| {
        let level = match remark.level {
            RemarkLevel::Error => "error",
            RemarkLevel::Warning => "warning",
            RemarkLevel::Note => "note",
        };
        let at = remark.stored_at().map(|Position { line, column, .. }| {
            sarif::Region::builder().start_line(line as i64).start_column(column as i64).build()
        });
        sarif::Notification::builder()
            .level(json!(level))
            .message(text(&remark.text))
            .locations(vec![location(remark.file, at)])
            .build()
    });
    sarif::Invocation::builder()
        .execution_successful(outcome.totals().files_failed == 0)
        .tool_execution_notifications(notifications.collect::<Vec<_>>())
        .build()
}

fn text(text: &str) -> sarif::Message {
    sarif::Message::builder().text(text.to_owned()).build()
}

fn location(file: &FileOutcome, region: Option<sarif::Region>) -> sarif::Location {
    let mut physical = sarif::PhysicalLocation::builder().artifact_location(artifact(file)).build();
    physical.region = region;
    sarif::Location::builder().physical_location(physical).build()
}

fn artifact(file: &FileOutcome) -> sarif::ArtifactLocation {
    let uri = utf8_percent_encode(&file.in_repository, NOT_IN_PATH).to_string();
    sarif::ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build()
}

fn region(FileRange { start, end }: FileRange) -> sarif::Region {
    sarif::Region::builder()
        .start_line(start.line as i64)
        .start_column(start.column as i64)
        .end_line(end.line as i64)
        .end_column(end.column as i64)
        .build()
}

fn properties<const N: usize>(values: [(&str, Value); N], tags: &[&str]) -> sarif::PropertyBag {
    let values = values.into_iter().filter(|(_, value)| !value.is_null());
    let values: BTreeMap<String, Value> = values.map(|(name, value)| (name.to_owned(), value)).collect();
    let mut properties = sarif::PropertyBag::builder().additional_properties(values).build();
    properties.tags = (!tags.is_empty()).then(|| tags.iter().map(|tag| (*tag).to_owned()).collect());
    properties
}
