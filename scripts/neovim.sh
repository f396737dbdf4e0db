#!/usr/bin/env bash
# Opens a file of the example in Neovim without a screen, waits for the findings of `cascade-fix lsp`, applies a quick fix, and waits
# until nothing but the other findings is left.
#
#     scripts/neovim.sh [BINARY]        seconds; BINARY is target/release/cascade-fix if it is not named; Neovim comes from Debian
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
binary=$(realpath "${1:-$here/target/release/cascade-fix}")
command -v nvim >/dev/null || { apt-get update -qq && apt-get install -y -qq neovim >/dev/null; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/testdata/example" "$work/shop"
mkdir "$work/shop/.git"
cat > "$work/session.lua" <<'LUA'
local binary, root = vim.env.CASCADE_FIX, vim.env.SHOP
local folder = { uri = vim.uri_from_fname(root), name = "shop" }
local client = vim.lsp.start_client({ name = "cascade-fix", cmd = { binary, "lsp" }, root_dir = root, workspace_folders = { folder } })
vim.cmd("edit " .. root .. "/app/models.py")
vim.lsp.buf_attach_client(0, client)

local function wait_for(what, number)
  local has = function() return #vim.diagnostic.get(0) == number end
  if not vim.wait(20000, has, 20) then
    error(what .. ": " .. vim.inspect(vim.diagnostic.get(0)))
  end
  print(what .. ": " .. number .. " findings\n")
end

wait_for("opened", 3)
local found = vim.diagnostic.get(0)[1]
print(found.lnum + 1 .. ":" .. found.col + 1 .. " " .. found.message .. "\n")
local position = { line = found.lnum, character = found.col }
local params = { textDocument = vim.lsp.util.make_text_document_params(), range = { start = position, ["end"] = position }, context = { diagnostics = {} } }
local answer = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 5000)[client].result
for _, action in ipairs(answer) do
  print("action: " .. action.title .. "\n")
end
vim.lsp.util.apply_workspace_edit(answer[1].edit, "utf-16")
wait_for("applied", 2)
local hover = vim.lsp.buf_request_sync(0, "textDocument/hover", { textDocument = params.textDocument, position = { line = 24, character = 65 } }, 5000)
print(hover[client].result.contents.value:match("[^\n]*") .. "\n")
vim.cmd("write | quitall")
LUA
CASCADE_FIX="$binary" SHOP="$work/shop" nvim --headless --clean -c "luafile $work/session.lua" -c "cquit" 2>&1
diff -u "$here/testdata/example/app/models.py" "$work/shop/app/models.py" || true
grep -q 'cascade="save-update, merge, delete, delete-orphan"' "$work/shop/app/models.py"
