/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/netsh_dump.h"

#include "base/error.h"
#include "decode/netsh/netsh_filter.h"
#include "decode/xml/xml_resume.h"
#include "input/input.h"
#include "source/evtx/evtx_file.h"
#include "source/xml_file.h"
#include "source/xml_piece.h"

enum { TAIL = 256, SNIFF = 4096 };

struct netsh_dump {
    struct input in;
    wfpw_allocator memory;
    struct xml xml;
    enum xml_encoding encoding;
    char encoding_name[32];
    uint64_t restart; /* where in the file the parser was started */
    bool searching;   /* after damage: look for the next object */
    bool resumed;     /* after damage: ends of elements without a start may come */
    bool stopped, finished;
    struct netsh_filter x;
    struct xml_piece piece;
};

/* ---- looking for an object ------------------------------------------------------------------ */

static bool is_one_of(const struct xml_scan *s, size_t at, const char *const *names, size_t *end)
{
    for (; *names != NULL; names++)
        if (xml_scan_is(s, at, *names, end))
            return true;
    return false;
}

/* The place of an element whose first child says that it is an object; s->n: none. */
static size_t find_object(const struct xml_scan *s, size_t *budget)
{
    static const char *const elements[] = {"item", "layer", "filter", NULL};
    static const char *const firsts[] = {"filterKey",   "layerKey",           "providerKey",
                                         "subLayerKey", "providerContextKey", "calloutKey",
                                         NULL};
    struct xml_tags t;
    size_t end;
    for (xml_tags_open(&t, s, *budget); t.at < s->n; xml_tags_next(&t)) {
        struct xml_scan near = *s; /* looking further each time would take a square of the time */
        near.n = s->n - t.at < TAIL ? s->n : t.at + TAIL;
        if (is_one_of(&near, t.at, elements, &end) &&
            is_one_of(&near, xml_scan_first(&near, end + s->unit), firsts, NULL))
            break;
    }
    *budget = t.budget;
    return t.at;
}

/* ---- the parser ----------------------------------------------------------------------------- */

static enum source_result fail_dump(struct netsh_dump *f, wfpw_error *e, int status,
                                    const char *text)
{
    (void)error_at(e, status, f->in.name, f->in.position, text);
    f->finished = true;
    return SOURCE_FAILED;
}

static bool restart_dump(struct netsh_dump *f)
{
    struct xml_handler handler = netsh_filter_handler(&f->x, &f->xml);
    f->restart = f->in.position;
    xml_piece_restart(&f->piece);
    f->searching = f->stopped = false;
    return xml_open(&f->xml, f->encoding, f->encoding_name, &handler);
}

static void skip_element(const struct netsh_dump *f, struct tally *t, const char *what, uint64_t at)
{
    os_u64_bump(&t->skipped, 1);
    tally_log(t, 1, what, f->in.name, at);
}

/* The ends of lists that were open where reading was resumed are no damage. */
static enum source_result count_damage(struct netsh_dump *f, struct tally *t, wfpw_error *e)
{
    uint64_t at = f->restart + xml_position(&f->xml), back = f->in.position - at;
    const uint8_t *p;
    if (xml_piece_is_doctype(&f->in, f->encoding, back))
        return fail_dump(f, e, WFPW_E_FORMAT, "a DOCTYPE is refused");
    if (f->x.in_object || !f->resumed)
        skip_element(f, t, f->xml.why, at);
    back -= at == f->restart ? xml_piece_unit(f->encoding) : 0; /* so that reading goes on */
    if (input_back(&f->in, (size_t)back, &p))
        input_unread(&f->in, (size_t)back);
    f->searching = f->resumed = true;
    return SOURCE_AGAIN;
}

/* Passes what lies before the next object. */
static enum source_result search_object(struct netsh_dump *f, struct tally *t, wfpw_error *e)
{
    const uint8_t *p;
    struct xml_scan s;
    size_t sight = xml_piece_sight(&f->piece, &f->in), left = sight;
    size_t n = input_view(&f->in, XML_PIECE, &p);
    xml_scan_open(&s, f->encoding, p, n);
    size_t at = find_object(&s, &left);
    xml_piece_looked(&f->piece, sight, left);
    if (n == 0)
        return SOURCE_END;
    bool found = at < s.n;
    size_t tail = n == XML_PIECE ? TAIL : 0; /* an object may start at the end of the piece */
    input_skip(&f->in, found ? at : n - tail);
    os_u64_bump(&t->bytes_read, found ? at : n - tail);
    if (found && !restart_dump(f))
        return fail_dump(f, e, WFPW_E_NOMEM, NULL);
    return SOURCE_AGAIN;
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum source_result at_end(struct netsh_dump *f, struct tally *t, wfpw_error *e)
{
    f->finished = true;
    if (f->in.error != 0) {
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    if (f->x.in_object)
        skip_element(f, t, "the file ends inside an object", f->restart + f->x.started);
    else if (f->xml.depth > 1 && !f->resumed)
        skip_element(f, t, "the file ends before its last element does", f->in.position);
    return SOURCE_END;
}

static enum source_result feed_dump(struct netsh_dump *f, struct tally *t,
                                    const struct policy_object **o, wfpw_error *e)
{
    const uint8_t *p;
    enum xml_result result = f->stopped ? xml_resume(&f->xml) : XML_MORE;
    if (result == XML_MORE) {
        size_t n = xml_piece_next(&f->piece, &f->in, f->encoding, t, &p);
        if (n == 0)
            return at_end(f, t, e);
        os_u64_bump(&t->bytes_read, n);
        result = xml_feed(&f->xml, p, n);
    }
    f->stopped = result == XML_STOPPED;
    for (; f->x.unread > 0; f->x.unread--)
        skip_element(f, t, "an object without its key or id", f->restart + f->x.started);
    if (result == XML_BROKEN)
        return count_damage(f, t, e);
    *o = f->x.object;
    return f->stopped ? SOURCE_RECORD : SOURCE_AGAIN;
}

enum source_result netsh_dump_next(struct netsh_dump *f, struct tally *t,
                                   const struct policy_object **o, wfpw_error *e)
{
    if (f->finished)
        return SOURCE_END;
    return f->searching ? search_object(f, t, e) : feed_dump(f, t, o, e);
}

bool netsh_dump_is_dump(const struct netsh_dump *f)
{
    return f->x.is_dump;
}

void netsh_dump_close(struct netsh_dump *f)
{
    if (f == NULL)
        return;
    wfpw_allocator memory = f->memory;
    xml_close(&f->xml);
    input_close(&f->in);
    memory_give(&memory, f);
}

const char *netsh_dump_name(const struct netsh_dump *f)
{
    return f->in.name;
}

/* What the file is not; NULL: it may be a dump. */
static const char *objection_of(struct input *in)
{
    const uint8_t *p;
    size_t n = input_view(in, SNIFF, &p);
    enum xml_file_kind kind = xml_file_look(p, n);
    if (n == 0)
        return "the file is empty";
    if (evtx_file_is(p, n))
        return "a log of events, no dump of 'netsh wfp'";
    if (input_archive(p, n) != NULL)
        return input_archive(p, n);
    if (kind == XML_FILE_NONE)
        return "neither a dump of 'netsh wfp' nor a file of firewall rules";
    return kind == XML_FILE_EVENTS ? "the XML of events, no dump of 'netsh wfp'" : NULL;
}

/* Takes over `in`, also when it fails. */
static int open_input(const wfpw_allocator *a, struct input *in, struct netsh_dump **out,
                      wfpw_error *e)
{
    const uint8_t *p;
    size_t skip;
    struct netsh_dump *f = memory_take(a, sizeof *f);
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_names_load", 0, NULL);
    }
    memset(f, 0,
           offsetof(struct netsh_dump, x)); /* the rest is large, and written before it is read */
    netsh_filter_init(&f->x);
    f->piece.reported = f->piece.looked = 0;
    f->in = *in;
    f->memory = *a;
    size_t n = input_view(&f->in, SNIFF, &p);
    f->encoding = xml_look(p, n, &skip, f->encoding_name);
    input_skip(&f->in, skip);
    if (!restart_dump(f)) {
        netsh_dump_close(f);
        return error_set(e, WFPW_E_FORMAT, "XML_ParserCreate", 0, "an encoding that is not known");
    }
    *out = f;
    return WFPW_OK;
}

int netsh_dump_open(const wfpw_allocator *a, struct input *in, struct netsh_dump **out,
                    wfpw_error *e)
{
    *out = NULL;
    const char *why = objection_of(in);
    if (why == NULL)
        return open_input(a, in, out, e);
    int status = in->error != 0 ? input_failed(in, e)
                                : error_set(e, WFPW_E_FORMAT, "wfpw_names_load", 0, why);
    input_close(in);
    return status;
}
