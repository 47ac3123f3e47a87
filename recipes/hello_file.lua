-- The smallest recipe: files in the current folder, no account, no network.
--
--   mrun apply recipes/hello_file.lua
--   mrun apply recipes/hello_file.lua -P Name=Ann
--   mrun destroy recipes/hello_file.lua

local files = provider "file"

local p = params {
  Name = { default = "world", pattern = "[^\n]+", help = "who is greeted" },
}

local hello = files.File "hello" {
  Path    = "hello.txt",
  Content = "Hello, " .. p.Name .. "!\n",
}

files.File "receipt" {
  Path       = "hello.receipt.txt",
  Content    = "There is a greeting in " .. hello.Path .. ".\n",
  Mode       = "0600",
  depends_on = hello, -- a receipt is written when there is something to receipt
}

output { Path = hello.Path, Size = hello.Size }
