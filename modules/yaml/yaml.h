/* yaml.h -- what the files of native.yaml share. */
#ifndef MRUN_YAML_H
#define MRUN_YAML_H

#include "../support.h"

#include <yaml.h>

#define YAML_LIST "list" /* the metatable of an empty list */

/* What a plain scalar says it is. */
enum yaml_kind { YAML_TEXT, YAML_EMPTY, YAML_TRUE, YAML_FALSE, YAML_INTEGER, YAML_DECIMAL };
enum yaml_kind yaml_resolve(const char *text, size_t len);

/* Whether some reader of YAML would take the text for something else than text. */
bool yaml_is_ambiguous(const char *text, size_t len);

/* Pushes what the text stands for: nil, a boolean, a number or the text. */
void yaml_push_scalar(lua_State *L, const char *text, size_t len);

/* libyaml's parser and its event at hand: an object of the collector's, so that whatever reads
 * may raise. */
struct yaml_source {
    yaml_parser_t parser;
    yaml_event_t event;
    bool open, has_event;
};

struct yaml_reader {
    lua_State *L;
    struct yaml_source *source;
    bool plain; /* values, not nodes */
    lua_Integer max_depth, max_nodes, depth, nodes;
    int anchors, sizes; /* where the tables are on the stack */
    bool failed;
    size_t line, column;
    char reason[200];
};

/* False, always: what failed first is what will be told. */
bool yaml_fail(struct yaml_reader *r, yaml_mark_t at, const char *format, ...);
bool yaml_next(struct yaml_reader *r);
bool yaml_read_node(struct yaml_reader *r); /* pushes the node whose event is at hand */

/* Remembers what is on top, a map or a list of maps, to be merged into the map being read. */
bool yaml_merge_later(struct yaml_reader *r, int merges, yaml_mark_t at);
void yaml_merge(struct yaml_reader *r, int merges, int values, int keys);

bool yaml_read_events(struct yaml_reader *r); /* into the list on top of the stack */

int yaml_decode(lua_State *L);
int yaml_events(lua_State *L);
int yaml_load(lua_State *L);
void yaml_open_reader(lua_State *L);
int yaml_emit(lua_State *L);
void yaml_open_emitter(lua_State *L);

#endif
