/* events.c -- libyaml's events as they come, for who wants the text's own form: its anchors,
 * aliases, styles and full tags.
 */
#include "yaml.h"

static void set_text(lua_State *L, const char *name, const void *text)
{
    lua_pushstring(L, text); /* nil without one */
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, name);
}

static const char *style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return "single";
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return "double";
    case YAML_LITERAL_SCALAR_STYLE:
        return "literal";
    case YAML_FOLDED_SCALAR_STYLE:
        return "folded";
    default:
        return "plain";
    }
}

static void set_scalar(lua_State *L, const yaml_event_t *event)
{
    set_text(L, "kind", "scalar");
    lua_pushlstring(L, (const char *)event->data.scalar.value, event->data.scalar.length);
    lua_setfield(L, -2, "value");
    set_text(L, "style", style_of(event->data.scalar.style));
    set_text(L, "anchor", event->data.scalar.anchor);
    set_text(L, "tag", event->data.scalar.tag);
}

static void set_composite(lua_State *L, const char *kind, bool flow, const yaml_char_t *anchor,
                          const yaml_char_t *tag)
{
    set_text(L, "kind", kind);
    set_text(L, "style", flow ? "flow" : "block");
    set_text(L, "anchor", anchor);
    set_text(L, "tag", tag);
}

static void set_list(lua_State *L, const yaml_event_t *event)
{
    bool flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    set_composite(L, "list", flow, event->data.sequence_start.anchor,
                  event->data.sequence_start.tag);
}

static void set_map(lua_State *L, const yaml_event_t *event)
{
    bool flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    set_composite(L, "map", flow, event->data.mapping_start.anchor, event->data.mapping_start.tag);
}

static void push_event(lua_State *L, const yaml_event_t *event)
{
    lua_createtable(L, 0, 6);
    lua_pushinteger(L, (lua_Integer)event->start_mark.line + 1);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, (lua_Integer)event->start_mark.column + 1);
    lua_setfield(L, -2, "column");
    switch ((int)event->type) {
    case YAML_DOCUMENT_START_EVENT:
        set_text(L, "kind", "document");
        set_flag(L, "explicit", !event->data.document_start.implicit);
        break;
    case YAML_DOCUMENT_END_EVENT:
        set_text(L, "kind", "document end");
        set_flag(L, "explicit", !event->data.document_end.implicit);
        break;
    case YAML_SCALAR_EVENT:
        set_scalar(L, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        set_list(L, event);
        break;
    case YAML_MAPPING_START_EVENT:
        set_map(L, event);
        break;
    case YAML_ALIAS_EVENT:
        set_text(L, "kind", "alias");
        set_text(L, "anchor", event->data.alias.anchor);
        break;
    default:
        set_text(L, "kind", "end");
        break;
    }
}

bool yaml_read_events(struct yaml_reader *r)
{
    lua_Integer count = 0;
    while (yaml_next(r) && r->source->event.type != YAML_STREAM_END_EVENT) {
        const yaml_event_t *event = &r->source->event;
        if (event->type == YAML_STREAM_START_EVENT)
            continue;
        if (count >= r->max_nodes)
            return yaml_fail(r, event->start_mark, "more than %lld events",
                             (long long)r->max_nodes);
        r->depth += event->type == YAML_SEQUENCE_START_EVENT;
        r->depth += event->type == YAML_MAPPING_START_EVENT;
        r->depth -= event->type == YAML_SEQUENCE_END_EVENT;
        r->depth -= event->type == YAML_MAPPING_END_EVENT;
        if (r->depth > r->max_depth)
            return yaml_fail(r, event->start_mark, "nested deeper than %d levels",
                             (int)r->max_depth);
        push_event(r->L, event);
        lua_rawseti(r->L, -2, ++count);
    }
    return !r->failed;
}
