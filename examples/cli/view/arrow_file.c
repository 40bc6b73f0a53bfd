/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/arrow_file.h"

#include <errno.h>
#include <string.h>

#include "view/flatbuffer.h"

/* Of Arrow's format/Schema.fbs and Message.fbs: numbers of fields, unions and enumerations. */
enum { MESSAGE_VERSION, MESSAGE_HEADER_TYPE, MESSAGE_HEADER, MESSAGE_BODY_LENGTH };
enum { HEADER_SCHEMA = 1, HEADER_DICTIONARY, HEADER_ROWS };
enum { SCHEMA_ENDIANNESS, SCHEMA_FIELDS };
enum { FIELD_NAME, FIELD_NULLABLE, FIELD_TYPE_TYPE, FIELD_TYPE, FIELD_DICTIONARY, FIELD_CHILDREN };
enum { TYPE_INT = 2, TYPE_TEXT = 5, TYPE_BOOL = 6, TYPE_TIMESTAMP = 10, TYPE_LIST = 12 };
enum { INT_BITS, INT_IS_SIGNED };
enum { TIMESTAMP_UNIT, TIMESTAMP_ZONE };
enum { ENCODING_ID, ENCODING_INDEX };
enum { DICTIONARY_ID, DICTIONARY_DATA };
enum { ROWS_LENGTH, ROWS_NODES, ROWS_BUFFERS };
enum { VERSION_5 = 4, UNIT_MICROSECONDS = 2, PAIR = 16 /* bytes of a node, and of a buffer */ };

/* ---- messages ------------------------------------------------------------------------------- */

static void put_bytes(struct arrow_file *f, const void *bytes, size_t n)
{
    errno = 0;
    if (f->error == 0 && n > 0 && fwrite(bytes, 1, n, f->to) != n)
        f->error = errno != 0 ? errno : EIO;
}

/* Up to a multiple of 8. */
static void put_padding(struct arrow_file *f, size_t n)
{
    static const char zeros[8] = {0};
    put_bytes(f, zeros, (8 - n % 8) % 8);
}

static struct flat_table start_message(struct arrow_file *f, int header, size_t body)
{
    static const uint8_t sizes[] = {2, 1, 4, 8};
    flat_start(&f->message);
    struct flat_table m = flat_table(&f->message, sizes, 4);
    flat_root(&m);
    flat_set(&m, MESSAGE_VERSION, VERSION_5);
    flat_set(&m, MESSAGE_HEADER_TYPE, header);
    flat_set(&m, MESSAGE_BODY_LENGTH, (int64_t)body);
    return m;
}

/* Its length, behind a mark, and the message; a body follows. */
static void put_message(struct arrow_file *f)
{
    size_t n = (f->message.n + 7) / 8 * 8;
    uint8_t prefix[8] = {0xFF, 0xFF, 0xFF, 0xFF};
    if (f->message.failed && f->error == 0)
        f->error = ENOMEM;
    for (int i = 0; i < 4; i++)
        prefix[4 + i] = (uint8_t)(n >> 8 * i);
    put_bytes(f, prefix, sizeof prefix);
    put_bytes(f, f->message.p, f->message.n);
    put_padding(f, f->message.n);
}

/* ---- types ---------------------------------------------------------------------------------- */

static struct flat_table put_int(struct buffer *b, int bits)
{
    static const uint8_t sizes[] = {4, 1};
    struct flat_table t = flat_table(b, sizes, 2);
    flat_set(&t, INT_BITS, bits);
    flat_set(&t, INT_IS_SIGNED, 1);
    return t;
}

static struct flat_table put_timestamp(struct buffer *b, const char *zone)
{
    static const uint8_t sizes[] = {2, 4};
    struct flat_table t = flat_table(b, sizes, 2);
    flat_set(&t, TIMESTAMP_UNIT, UNIT_MICROSECONDS);
    flat_text(&t, TIMESTAMP_ZONE, zone);
    return t;
}

/* The type of a format of the C interface. Returns its number in the union. */
static int put_type(struct buffer *b, const char *format, struct flat_table *type)
{
    if (format[0] == 'i' || format[0] == 'l') {
        *type = put_int(b, format[0] == 'i' ? 32 : 64);
        return TYPE_INT;
    }
    if (format[0] == 't') {
        *type = put_timestamp(b, strchr(format, ':') + 1);
        return TYPE_TIMESTAMP;
    }
    *type = flat_table(b, NULL, 0);
    return format[0] == 'u' ? TYPE_TEXT : format[0] == 'b' ? TYPE_BOOL : TYPE_LIST;
}

/* A column, or the items of a list; id: of the dictionary that it may have. */
static struct flat_table put_field(struct buffer *b, const struct ArrowSchema *s, size_t id)
{
    static const uint8_t index_sizes[] = {8, 4};
    bool has_words = s->dictionary != NULL;
    const uint8_t sizes[] = {4, 1, 1, 4, has_words ? 4 : 0, 4};
    struct flat_table t = flat_table(b, sizes, 6), type;
    flat_text(&t, FIELD_NAME, s->name);
    flat_set(&t, FIELD_NULLABLE, (s->flags & ARROW_FLAG_NULLABLE) != 0);
    int number = put_type(b, has_words ? s->dictionary->format : s->format, &type);
    flat_set(&t, FIELD_TYPE_TYPE, number);
    flat_point(&t, FIELD_TYPE, &type);
    if (has_words) {
        struct flat_table encoding = flat_table(b, index_sizes, 2);
        flat_point(&t, FIELD_DICTIONARY, &encoding);
        flat_set(&encoding, ENCODING_ID, (int64_t)id);
        struct flat_table index = put_int(b, 32);
        flat_point(&encoding, ENCODING_INDEX, &index);
    }
    return t;
}

static void put_schema(struct arrow_file *f)
{
    static const uint8_t sizes[] = {2, 4};
    struct buffer *b = &f->message;
    struct flat_table m = start_message(f, HEADER_SCHEMA, 0), schema = flat_table(b, sizes, 2);
    flat_point(&m, MESSAGE_HEADER, &schema);
    size_t columns = (size_t)f->schema->n_children;
    size_t items = flat_vector(&schema, SCHEMA_FIELDS, columns, 4);
    for (size_t i = 0; i < columns; i++) {
        const struct ArrowSchema *s = f->schema->children[i];
        struct flat_table field = put_field(b, s, i);
        flat_vector_point(b, items, i, &field);
        size_t children = flat_vector(&field, FIELD_CHILDREN, (size_t)s->n_children, 4);
        if (s->n_children > 0) {
            struct flat_table item = put_field(b, s->children[0], 0);
            flat_vector_point(b, children, 0, &item);
            (void)flat_vector(&item, FIELD_CHILDREN, 0, 4);
        }
    }
    put_message(f);
}

/* ---- values --------------------------------------------------------------------------------- */

/* What is told of arrays, and of their buffers one behind the other. */
struct parts {
    struct buffer *in;
    size_t nodes, node, buffers, buffer; /* where they are; how many there are so far */
    size_t body;                         /* bytes; each buffer takes a multiple of 8 */
};

/* The bytes of a buffer of an array of that format. */
static size_t size_of_buffer(const char *format, const struct ArrowArray *a, int64_t i)
{
    size_t rows = (size_t)a->length;
    if (a->buffers[i] == NULL || rows == 0)
        return 0;
    if (i == 2)
        return (size_t)((const int32_t *)a->buffers[1])[rows];
    if (i == 0 || format[0] == 'b')
        return (rows + 7) / 8;
    return format[0] == 'l' || format[0] == 't' ? 8 * rows
           : format[0] == 'i'                   ? 4 * rows
                                                : 4 * (rows + 1);
}

static void add_array(struct parts *p, const char *format, const struct ArrowArray *a)
{
    flat_vector_number(p->in, p->nodes, 2 * p->node, a->length);
    flat_vector_number(p->in, p->nodes, 2 * p->node++ + 1, a->null_count);
    for (int64_t i = 0; i < a->n_buffers; i++) {
        size_t n = size_of_buffer(format, a, i);
        flat_vector_number(p->in, p->buffers, 2 * p->buffer, (int64_t)p->body);
        flat_vector_number(p->in, p->buffers, 2 * p->buffer++ + 1, (int64_t)n);
        p->body += (n + 7) / 8 * 8;
    }
}

static void put_array(struct arrow_file *f, const char *format, const struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_buffers; i++) {
        size_t n = size_of_buffer(format, a, i);
        put_bytes(f, a->buffers[i], n);
        put_padding(f, n);
    }
}

/* A table of rows with room for what is told of so many arrays. */
static struct flat_table put_rows(struct parts *p, int64_t length, size_t arrays, size_t buffers)
{
    static const uint8_t sizes[] = {8, 4, 4};
    struct flat_table t = flat_table(p->in, sizes, 3);
    flat_set(&t, ROWS_LENGTH, length);
    p->nodes = flat_vector(&t, ROWS_NODES, arrays, PAIR);
    p->buffers = flat_vector(&t, ROWS_BUFFERS, buffers, PAIR);
    return t;
}

static void put_dictionary(struct arrow_file *f, size_t id, const struct ArrowArray *a)
{
    static const uint8_t sizes[] = {8, 4};
    struct parts p = {.in = &f->message};
    struct flat_table m = start_message(f, HEADER_DICTIONARY, 0);
    struct flat_table dictionary = flat_table(p.in, sizes, 2);
    flat_point(&m, MESSAGE_HEADER, &dictionary);
    flat_set(&dictionary, DICTIONARY_ID, (int64_t)id);
    struct flat_table data = put_rows(&p, a->length, 1, (size_t)a->n_buffers);
    flat_point(&dictionary, DICTIONARY_DATA, &data);
    add_array(&p, "u", a);
    flat_set(&m, MESSAGE_BODY_LENGTH, (int64_t)p.body);
    put_message(f);
    put_array(f, "u", a);
}

/* A column, and the items of its lists. */
static void add_column(struct parts *p, const struct ArrowSchema *s, const struct ArrowArray *a)
{
    add_array(p, s->format, a);
    for (int64_t i = 0; i < a->n_children; i++)
        add_array(p, s->children[i]->format, a->children[i]);
}

static void put_column(struct arrow_file *f, const struct ArrowSchema *s,
                       const struct ArrowArray *a)
{
    put_array(f, s->format, a);
    for (int64_t i = 0; i < a->n_children; i++)
        put_array(f, s->children[i]->format, a->children[i]);
}

static void count_arrays(const struct ArrowArray *rows, size_t *arrays, size_t *buffers)
{
    *arrays = *buffers = 0;
    for (int64_t i = 0; i < rows->n_children; i++) {
        const struct ArrowArray *a = rows->children[i];
        *arrays += 1 + (size_t)a->n_children;
        *buffers += (size_t)a->n_buffers;
        for (int64_t j = 0; j < a->n_children; j++)
            *buffers += (size_t)a->children[j]->n_buffers;
    }
}

/* ---- the stream ----------------------------------------------------------------------------- */

bool arrow_file_start(struct arrow_file *f, FILE *to, const struct ArrowSchema *schema)
{
    *f = (struct arrow_file){.to = to, .schema = schema};
    put_schema(f);
    return f->error == 0;
}

/* Each array has dictionaries of its own, which take the place of those before them. */
bool arrow_file_rows(struct arrow_file *f, const struct ArrowArray *rows)
{
    struct parts p = {.in = &f->message};
    size_t arrays, buffers;
    for (int64_t i = 0; i < rows->n_children && f->error == 0; i++)
        if (rows->children[i]->dictionary != NULL)
            put_dictionary(f, (size_t)i, rows->children[i]->dictionary);
    count_arrays(rows, &arrays, &buffers);
    struct flat_table m = start_message(f, HEADER_ROWS, 0);
    struct flat_table table = put_rows(&p, rows->length, arrays, buffers);
    flat_point(&m, MESSAGE_HEADER, &table);
    for (int64_t i = 0; i < rows->n_children; i++)
        add_column(&p, f->schema->children[i], rows->children[i]);
    flat_set(&m, MESSAGE_BODY_LENGTH, (int64_t)p.body);
    put_message(f);
    for (int64_t i = 0; i < rows->n_children && f->error == 0; i++)
        put_column(f, f->schema->children[i], rows->children[i]);
    f->rows += (uint64_t)rows->length;
    return f->error == 0;
}

bool arrow_file_end(struct arrow_file *f)
{
    static const uint8_t end[8] = {0xFF, 0xFF, 0xFF, 0xFF};
    put_bytes(f, end, sizeof end);
    errno = 0;
    if (f->error == 0 && fflush(f->to) != 0)
        f->error = errno != 0 ? errno : EIO;
    buffer_free(&f->message);
    return f->error == 0;
}
