/* node.c -- one node after another from libyaml's events: to a table with its tag and mark, or
 * to the plain value. Whatever is half made is on Lua's stack.
 */
#include "yaml.h"

#include <string.h>

#define YAML_TAG_PREFIX "tag:yaml.org,2002:"

static bool count_nodes(struct yaml_reader *r, lua_Integer count, yaml_mark_t at)
{
    if (count > r->max_nodes - r->nodes)
        return yaml_fail(r, at, "more than %lld nodes, aliases written out",
                         (long long)r->max_nodes);
    r->nodes += count;
    return true;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

/* YAML's own tags in their short form; NULL where the scalar speaks for itself. */
static const char *push_tag(lua_State *L, const char *tag)
{
    if (!tag || strcmp(tag, "!") == 0) {
        lua_pushnil(L);
        return NULL;
    }
    if (strncmp(tag, YAML_TAG_PREFIX, strlen(YAML_TAG_PREFIX)) == 0)
        return lua_pushfstring(L, "!!%s", tag + strlen(YAML_TAG_PREFIX));
    return lua_pushstring(L, tag);
}

static void push_node(lua_State *L, const char *kind, const char *tag, yaml_mark_t at)
{
    lua_createtable(L, 0, 6);
    set_text(L, "kind", kind);
    push_tag(L, tag);
    lua_setfield(L, -2, "tag");
    lua_pushinteger(L, (lua_Integer)at.line + 1);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, (lua_Integer)at.column + 1);
    lua_setfield(L, -2, "column");
}

static bool is_own(const char *tag, const char *name)
{
    return tag && strncmp(tag, YAML_TAG_PREFIX, strlen(YAML_TAG_PREFIX)) == 0 &&
           strcmp(tag + strlen(YAML_TAG_PREFIX), name) == 0;
}

/* Whether the text speaks for itself: plain without a tag, or told to be one of these. */
static bool is_resolved(const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    if (!tag)
        return event->data.scalar.plain_implicit;
    return is_own(tag, "int") || is_own(tag, "bool") || is_own(tag, "null") || is_own(tag, "float");
}

static void push_value(lua_State *L, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    if (is_resolved(event))
        yaml_push_scalar(L, text, event->data.scalar.length);
    else
        lua_pushlstring(L, text, event->data.scalar.length);
}

/* A value without tags can be had of text, lists and maps, and of YAML's own simple tags. */
static bool check_plain_tag(struct yaml_reader *r, const char *tag, yaml_mark_t at)
{
    static const char *const simple[] = {"str", "int", "bool", "null", "float", "seq", "map"};
    bool known = !tag || strcmp(tag, "!") == 0 || !r->plain;
    for (size_t i = 0; !known && i < sizeof simple / sizeof *simple; i++)
        known = is_own(tag, simple[i]);
    return known || yaml_fail(r, at, "the tag %.100s has no meaning here", tag);
}

static bool read_scalar(struct yaml_reader *r)
{
    lua_State *L = r->L;
    const yaml_event_t *event = &r->source->event;
    const char *tag = (const char *)event->data.scalar.tag;
    if (!check_plain_tag(r, tag, event->start_mark))
        return false;
    if (r->plain) {
        push_value(L, event);
        return true;
    }
    push_node(L, "scalar", tag, event->start_mark);
    push_value(L, event);
    lua_setfield(L, -2, "value");
    lua_pushlstring(L, (const char *)event->data.scalar.value, event->data.scalar.length);
    lua_setfield(L, -2, "text");
    lua_pushboolean(L, event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
    lua_setfield(L, -2, "plain");
    return true;
}

static bool read_list(struct yaml_reader *r)
{
    lua_State *L = r->L;
    yaml_mark_t at = r->source->event.start_mark;
    const char *tag = (const char *)r->source->event.data.sequence_start.tag;
    if (!check_plain_tag(r, tag, at))
        return false;
    if (!r->plain)
        push_node(L, "list", tag, at);
    lua_newtable(L);
    lua_Integer count = 0;
    while (yaml_next(r) && r->source->event.type != YAML_SEQUENCE_END_EVENT) {
        yaml_mark_t item_at = r->source->event.start_mark;
        if (!yaml_read_node(r))
            return false;
        if (lua_isnil(L, -1))
            return yaml_fail(r, item_at, "nothing (null) in a list");
        lua_rawseti(L, -2, ++count);
    }
    if (count == 0)
        luaL_setmetatable(L, YAML_LIST);
    if (!r->plain)
        lua_setfield(L, -2, "value");
    return !r->failed;
}

/* The node that an alias names, as if it were written out there. */
static bool read_alias(struct yaml_reader *r)
{
    lua_State *L = r->L;
    const yaml_event_t *event = &r->source->event;
    const char *name = (const char *)event->data.alias.anchor;
    if (lua_getfield(L, r->sizes, name) == LUA_TNIL)
        return yaml_fail(r, event->start_mark, "nothing before is called *%.100s", name);
    lua_Integer size = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (!count_nodes(r, size, event->start_mark))
        return false;
    lua_getfield(L, r->anchors, name);
    return true;
}

/* What is on top gets the name of the event's anchor, if it has one. */
static void remember(struct yaml_reader *r, const char *anchor, lua_Integer size)
{
    lua_State *L = r->L;
    if (!anchor)
        return;
    lua_pushvalue(L, -1);
    lua_setfield(L, r->anchors, anchor);
    lua_pushinteger(L, size);
    lua_setfield(L, r->sizes, anchor);
}

static bool is_text(struct yaml_reader *r)
{
    lua_State *L = r->L;
    if (!r->plain)
        return lua_getfield(L, -1, "text") == LUA_TSTRING;
    return lua_isstring(L, -1) && lua_tostring(L, -1); /* a number becomes its text */
}

/* Leaves the key's text on the stack, and below it, among nodes, the key's node. */
static bool read_key(struct yaml_reader *r)
{
    const yaml_event_t *event = &r->source->event;
    if (event->type == YAML_ALIAS_EVENT) {
        if (!read_alias(r))
            return false;
        return is_text(r) || yaml_fail(r, event->start_mark, "a key that is no text");
    }
    if (event->type != YAML_SCALAR_EVENT)
        return yaml_fail(r, event->start_mark, "a key that is no text");
    if (!count_nodes(r, 1, event->start_mark))
        return false;
    if (!r->plain && !read_scalar(r))
        return false;
    lua_pushlstring(r->L, (const char *)event->data.scalar.value, event->data.scalar.length);
    if (event->data.scalar.anchor) {
        lua_pushvalue(r->L, r->plain ? -1 : -2);
        remember(r, (const char *)event->data.scalar.anchor, 1);
        lua_pop(r->L, 1);
    }
    return true;
}

static bool is_merge(const yaml_event_t *event)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.length == 2 &&
           memcmp(event->data.scalar.value, "<<", 2) == 0 && !event->data.scalar.tag;
}

struct map { /* places on the stack */
    int values, seen, merges, keys;
};

static bool read_entry(struct yaml_reader *r, const struct map *map)
{
    lua_State *L = r->L;
    yaml_mark_t at = r->source->event.start_mark;
    int base = lua_gettop(L);
    bool merges = r->source->event.type == YAML_SCALAR_EVENT && is_merge(&r->source->event);
    if (!read_key(r))
        return false;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, map->seen) != LUA_TNIL)
        return yaml_fail(r, at, "the key %.100s is there already, in line %d", lua_tostring(L, -2),
                         (int)lua_tointeger(L, -1));
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushinteger(L, (lua_Integer)at.line + 1);
    lua_rawset(L, map->seen);
    if (!yaml_next(r) || !yaml_read_node(r))
        return false;
    if (merges) {
        if (!yaml_merge_later(r, map->merges, at))
            return false;
    } else {
        lua_rawset(L, map->values);
        if (!r->plain)
            lua_rawseti(L, map->keys, (lua_Integer)lua_rawlen(L, map->keys) + 1);
    }
    lua_settop(L, base);
    return true;
}

static bool read_map(struct yaml_reader *r)
{
    lua_State *L = r->L;
    yaml_mark_t at = r->source->event.start_mark;
    const char *tag = (const char *)r->source->event.data.mapping_start.tag;
    struct map map;
    if (!check_plain_tag(r, tag, at))
        return false;
    if (r->plain)
        lua_newtable(L);
    else
        push_node(L, "map", tag, at);
    int node = lua_gettop(L);
    map.values = r->plain ? node : (lua_newtable(L), node + 1);
    lua_newtable(L);
    map.seen = lua_gettop(L);
    lua_newtable(L);
    map.merges = lua_gettop(L);
    lua_newtable(L);
    map.keys = lua_gettop(L);
    while (yaml_next(r) && r->source->event.type != YAML_MAPPING_END_EVENT)
        if (!read_entry(r, &map))
            return false;
    yaml_merge(r, map.merges, map.values, map.keys);
    if (!r->plain) {
        lua_pushvalue(L, map.values);
        lua_setfield(L, node, "value");
        lua_pushvalue(L, map.keys);
        lua_setfield(L, node, "keys");
    }
    lua_settop(L, node);
    return !r->failed;
}

static const char *anchor_of(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static bool read_kind(struct yaml_reader *r)
{
    switch ((int)r->source->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r);
    case YAML_MAPPING_START_EVENT:
        return read_map(r);
    default:
        return read_alias(r);
    }
}

bool yaml_read_node(struct yaml_reader *r)
{
    lua_State *L = r->L;
    yaml_mark_t at = r->source->event.start_mark;
    lua_Integer before = r->nodes;
    if (r->depth >= r->max_depth)
        return yaml_fail(r, at, "nested deeper than %d levels", (int)r->max_depth);
    if (r->source->event.type != YAML_ALIAS_EVENT && !count_nodes(r, 1, at))
        return false;
    luaL_checkstack(L, 24, "YAML");
    /* the event will be gone when its node is whole */
    const char *anchor = lua_pushstring(L, anchor_of(&r->source->event));
    r->depth++;
    bool ok = read_kind(r);
    r->depth--;
    if (!ok)
        return false;
    remember(r, anchor, r->nodes - before);
    lua_remove(L, -2);
    return true;
}
