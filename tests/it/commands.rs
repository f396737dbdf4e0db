//! What the commands print, write and return: each case of `testdata/commands` is a command line with the files before and
//! after it. `TRYCMD=overwrite cargo test commands` writes what is there now.

#[test]
fn commands_print_and_write_as_recorded() {
    trycmd::TestCases::new().case("testdata/commands/*.toml");
}
