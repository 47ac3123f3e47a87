/* yaml.c -- YAML to Lua and back.
 *
 *   local yaml = require "native.yaml"
 *   local document = assert(yaml.decode(text))[1]      -- nodes, with tags and marks
 *   print(document.value.Resources.line, document.value.Resources.value.StgVPC.tag)
 *   local settings = assert(yaml.load "retries: 3")    -- plain values
 *   print(yaml.emit { retries = 3, zones = { "a", "b" } })
 *
 * A node of a map holds its values by their key's text, and its key nodes in the order of the
 * text. An alias is the very node that it names; what all documents would hold with each alias
 * written out counts against max_nodes. `<<` merges. Keys are text, and none may come twice.
 * What a plain scalar stands for is said in scalar.c; its own text is in `text`.
 *
 * ---@class yaml.Node
 * ---@field kind "map"|"list"|"scalar"
 * ---@field value any       of a map table<string, yaml.Node>; of a list yaml.Node[]; of a scalar
 *                          what it stands for
 * ---@field keys yaml.Node[]?  of a map
 * ---@field text string?    of a scalar
 * ---@field plain boolean?  of a scalar: without quotes, and not a block
 * ---@field tag string?     "!Ref"; "!!set" for YAML's own
 * ---@field line integer
 * ---@field column integer
 *
 * ---@class yaml.Limits
 * ---@field max_depth integer?  100
 * ---@field max_bytes integer?  16 MiB
 * ---@field max_nodes integer?  1,000,000
 *
 * A failure of these two has `at = { line, column }`.
 * ---@param text string
 * ---@param limits yaml.Limits?
 * ---@return yaml.Node[]? documents, native.failure? failure
 * function yaml.decode(text, limits) end
 *
 * One document. Nothing stands where the text says null; in a list that is refused, and so is a
 * tag that is not YAML's own. An empty list has a metatable named "list".
 * ---@param text string
 * ---@param limits yaml.Limits?
 * ---@return any value, native.failure? failure
 * function yaml.load(text, limits) end
 *
 * What libyaml itself says, one event after another, aliases and complex keys as they are written:
 * ---@class yaml.Event
 * ---@field kind "document"|"map"|"list"|"scalar"|"alias"|"end"|"document end"
 * ---@field value string?   of a scalar
 * ---@field style "plain"|"single"|"double"|"literal"|"folded"|"flow"|"block"|nil
 * ---@field explicit boolean?  of a document's begin and end: written out
 * ---@field anchor string?
 * ---@field tag string?     in full
 * ---@field line integer
 * ---@field column integer
 *
 * ---@param text string
 * ---@param limits yaml.Limits?
 * ---@return yaml.Event[]? events, native.failure? failure
 * function yaml.events(text, limits) end
 *
 * Keys come sorted; what another reader could take for a number, a date or a boolean is quoted.
 * ---@param value any  tables of text keys, or lists; numbers, booleans, text
 * ---@return string? text, native.failure? failure
 * function yaml.emit(value) end
 */
#include "yaml.h"

static const luaL_Reg functions[] = {
    {"decode", yaml_decode}, {"load", yaml_load}, {"events", yaml_events},
    {"emit", yaml_emit},     {NULL, NULL},
};

int luaopen_native_yaml(lua_State *L)
{
    yaml_open_reader(L);
    yaml_open_emitter(L);
    luaL_newlib(L, functions);
    return 1;
}
