/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The types of columns. Formats and names are static, so that a schema owns its children only. */
#include "arrow/array.h"
#include "base/memory.h"

/* What an ArrowSchema owns: itself, and behind it its children with their pointers. */
struct schema_owner {
    wfpw_allocator memory;
    struct ArrowSchema dictionary;
    struct ArrowSchema *children; /* an array */
};

static void release_schema(struct ArrowSchema *s)
{
    struct schema_owner *owner = s->private_data;
    for (int64_t i = 0; i < s->n_children; i++)
        if (s->children[i]->release != NULL)
            s->children[i]->release(s->children[i]);
    if (s->dictionary != NULL && s->dictionary->release != NULL)
        s->dictionary->release(s->dictionary);
    wfpw_allocator memory = owner->memory;
    memory_free(&memory, owner);
    s->release = NULL;
}

/* With room for children, none of which has a release as yet. */
static bool make_schema(const wfpw_allocator *memory, const char *format, const char *name,
                        uint32_t children, struct ArrowSchema *out)
{
    size_t each = sizeof(struct ArrowSchema) + sizeof(struct ArrowSchema *);
    struct schema_owner *owner = memory_new(memory, sizeof *owner + children * each);
    if (owner == NULL)
        return false;
    owner->memory = *memory;
    owner->children = (struct ArrowSchema *)(void *)(owner + 1);
    *out = (struct ArrowSchema){.format = format,
                                .name = name,
                                .n_children = children,
                                .release = release_schema,
                                .private_data = owner};
    out->children = (struct ArrowSchema **)(void *)(owner->children + children);
    for (uint32_t i = 0; i < children; i++)
        out->children[i] = &owner->children[i];
    return true;
}

static const char *format_of(uint8_t type)
{
    static const char *const formats[] = {
        [COLUMN_IS_INT64] = "l",    [COLUMN_IS_INT32] = "i",  [COLUMN_IS_TIME] = "tsu:UTC",
        [COLUMN_IS_BOOL] = "b",     [COLUMN_IS_TEXT] = "u",   [COLUMN_IS_NAME] = "i",
        [COLUMN_IS_WORD] = "i",     [COLUMN_IS_WORDS] = "+l", [COLUMN_IS_TEXTS] = "+l",
        [COLUMN_IS_NUMBERS] = "+l",
    };
    return formats[type];
}

static bool is_never_null(uint8_t id)
{
    return id == COLUMN_SEQ || id == COLUMN_TIME || id == COLUMN_TIME_TICKS;
}

static bool schema_of_column(const wfpw_allocator *memory, uint8_t id, struct ArrowSchema *out)
{
    const struct column_kind *kind = &column_kinds[id];
    uint32_t children = column_is_list(kind->type) ? 1 : 0;
    if (!make_schema(memory, format_of(kind->type), kind->name, children, out))
        return false;
    struct schema_owner *owner = out->private_data;
    out->flags = is_never_null(id) ? 0 : ARROW_FLAG_NULLABLE;
    if (children > 0) {
        const char *format = kind->type == COLUMN_IS_NUMBERS ? "l" : "u";
        if (!make_schema(memory, format, "item", 0, out->children[0]))
            return false;
        out->children[0]->flags = ARROW_FLAG_NULLABLE;
    }
    if (kind->type == COLUMN_IS_NAME || kind->type == COLUMN_IS_WORD) {
        out->dictionary = &owner->dictionary;
        return make_schema(memory, "u", "", 0, out->dictionary);
    }
    return true;
}

bool array_schema(const wfpw_allocator *memory, const uint8_t *ids, uint32_t count,
                  struct ArrowSchema *out)
{
    bool done = make_schema(memory, "+s", "", count, out);
    if (!done)
        return false;
    for (uint32_t i = 0; i < count && done; i++)
        done = schema_of_column(memory, ids[i], out->children[i]);
    if (!done)
        out->release(out);
    return done;
}
