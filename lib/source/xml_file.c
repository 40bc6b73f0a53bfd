/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "source/xml_file.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "decode/audit/event_xml.h"
#include "decode/netsh/netsh_event.h"
#include "source/xml_piece.h"

/* A decoder of XML. Its struct starts with a struct xml_reader. */
struct format {
    size_t size;
    bool (*restart)(struct xml_reader *x);
    size_t (*find)(struct xml_reader *x, const uint8_t *p, size_t n, size_t *budget);
};

struct xml_file {
    struct source source;
    struct input in;
    wfpw_allocator memory;
    const struct format *format;
    uint64_t restart; /* where in the file the parser was started */
    uint64_t counted; /* bytes of the file that the tally knows of */
    bool has_text;    /* in front of the first event, of which nobody was told so far */
    bool resync;      /* after damage: look for the next event */
    bool finished;
    struct xml_reader *x;
    struct xml_piece piece;
};

/* ---- what a file is ---- */

enum xml_file_kind xml_file_look(const uint8_t *p, size_t n)
{
    char name[32];
    size_t skip;
    struct xml_reader x = {.encoding = xml_look(p, n, &skip, name)};
    struct xml_scan s;
    xml_scan_open(&s, x.encoding, p + skip, n - skip);
    size_t root = xml_scan_first(&s, 0), blank = 0;
    while (blank < s.n && s.p[blank + s.low] <= ' ')
        blank += s.unit;
    enum netsh_event_holds holds = netsh_event_look(x.encoding, p + skip, n - skip);
    if (holds != NETSH_EVENT_OTHER)
        return holds == NETSH_EVENT_EVENTS ? XML_FILE_NETEVENTS : XML_FILE_NAMES;
    if (xml_scan_is(&s, root, "!DOCTYPE", NULL))
        return XML_FILE_DOCTYPE;
    if (blank == s.n || s.p[blank + s.low] != '<')
        return XML_FILE_NONE;
    return event_xml_holds(x.encoding, p, n) ? XML_FILE_EVENTS : XML_FILE_OTHER;
}

/* ---- reading ---- */

static enum source_result fail_file(struct xml_file *f, wfpw_error *e, int status, const char *text)
{
    (void)error_at(e, status, f->in.name, f->in.position, text);
    f->finished = true;
    return SOURCE_FAILED;
}

static void count_events(struct xml_file *f, struct tally *t)
{
    os_u64_bump(&t->passed_over, f->x->passed);
    f->x->passed = 0;
}

/* Damage makes some bytes be read twice; they count once. */
static void count_bytes(struct xml_file *f, struct tally *t)
{
    if (f->in.position <= f->counted)
        return;
    os_u64_bump(&t->bytes_read, f->in.position - f->counted);
    f->counted = f->in.position;
}

/* A place that is not well-formed costs the event it stands in: reading goes on at the next one. */
static enum source_result count_damage(struct xml_file *f, struct tally *t, wfpw_error *e)
{
    uint64_t at = f->restart + xml_reader_position(f->x);
    uint64_t back = f->in.position - at, unit = xml_piece_unit(f->x->encoding);
    if (xml_piece_is_doctype(&f->in, f->x->encoding, back))
        return fail_file(f, e, WFPW_E_FORMAT, "a DOCTYPE is refused");
    os_u64_bump(&t->skipped, 1);
    tally_log(t, f->x->in_event ? 1 : 2, f->x->why, f->in.name, at);
    const uint8_t *p;
    if (at == f->restart) /* else an event may start at this very place */
        back = back > unit ? back - unit : 0;
    if (back > 0 && input_back(&f->in, (size_t)back, &p))
        input_unread(&f->in, (size_t)back);
    f->resync = true;
    return SOURCE_AGAIN;
}

static bool restart_file(struct xml_file *f)
{
    f->restart = f->in.position;
    f->x->resumed = f->resync;
    xml_piece_restart(&f->piece);
    f->resync = false;
    return f->format->restart(f->x);
}

/* Passes what lies before the next event. */
static enum source_result look_for_event(struct xml_file *f, struct tally *t, wfpw_error *e)
{
    const uint8_t *p;
    size_t sight = xml_piece_sight(&f->piece, &f->in), left = sight;
    size_t n = input_view(&f->in, XML_PIECE, &p), at = f->format->find(f->x, p, n, &left);
    xml_piece_looked(&f->piece, sight, left);
    if (n == 0)
        return SOURCE_END;
    bool found = at < n;
    size_t tail =
        n == XML_PIECE ? NETSH_EVENT_SIGHT : 0; /* one may start at the end of the piece */
    input_skip(&f->in, found ? at : n - tail);
    count_bytes(f, t);
    if (found && !restart_file(f))
        return fail_file(f, e, WFPW_E_NOMEM, NULL);
    return SOURCE_AGAIN;
}

/* Whether the parser was left with part of a tag. */
static bool has_rest(struct xml_file *f)
{
    const uint8_t *p;
    uint64_t back = f->in.position - f->restart - xml_reader_position(f->x);
    if (back == 0 || back > XML_PIECE || !input_back(&f->in, (size_t)back, &p))
        return back != 0;
    return memchr(p, '<', (size_t)back) != NULL;
}

/* The file ends, perhaps inside an event. */
static enum source_result at_end(struct xml_file *f, struct tally *t, wfpw_error *e)
{
    if (f->in.error != 0) {
        f->finished = true;
        (void)input_failed(&f->in, e);
        return SOURCE_FAILED;
    }
    if (f->x->in_event || has_rest(f)) {
        uint64_t at = f->x->in_event ? f->x->event : xml_reader_position(f->x);
        os_u64_bump(&t->skipped, 1);
        tally_log(t, 1, "the file ends inside an event", f->in.name, f->restart + at);
    }
    return SOURCE_END;
}

/* An event of which a part could not be read is given without it, and the part is told of. */
static void report_unread(const struct xml_file *f, struct tally *t)
{
    char text[80];
    if (f->x->unread == NULL)
        return;
    (void)snprintf(text, sizeof text, "a part of an event cannot be read: %s", f->x->unread);
    os_u64_bump(&t->skipped, 1);
    tally_log(t, 2, text, f->in.name, f->restart + f->x->event);
}

static enum source_result feed_file(struct xml_file *f, struct tally *t, const struct record **r,
                                    wfpw_error *e)
{
    const uint8_t *p;
    enum xml_reader_found found = xml_reader_next(f->x);
    if (found == XML_READER_MORE) {
        size_t n = xml_piece_next(&f->piece, &f->in, f->x->encoding, t, &p);
        count_bytes(f, t);
        if (n == 0)
            return at_end(f, t, e);
        found = xml_reader_feed(f->x, p, n);
    }
    count_events(f, t);
    if (found == XML_READER_SKIP)
        return count_damage(f, t, e);
    if (found == XML_READER_MORE)
        return SOURCE_AGAIN;
    os_u64_bump(&t->received, 1);
    report_unread(f, t);
    *r = f->x->record;
    return SOURCE_RECORD;
}

static void tell_text(struct xml_file *f, struct tally *t)
{
    f->has_text = false;
    os_u64_bump(&t->skipped, 1);
    tally_log(t, 2, "text in front of the first event is passed over", f->in.name, 0);
}

static enum source_result next_record(struct source *s, struct tally *t, const struct record **r,
                                      wfpw_error *e)
{
    struct xml_file *f = (struct xml_file *)s;
    if (f->has_text)
        tell_text(f, t);
    if (f->finished)
        return SOURCE_END;
    return f->resync ? look_for_event(f, t, e) : feed_file(f, t, r, e);
}

static void close_source(struct source *s)
{
    struct xml_file *f = (struct xml_file *)s;
    wfpw_allocator memory = f->memory;
    if (f->x != NULL)
        xml_reader_close(f->x);
    memory_free(&memory, f->x);
    input_close(&f->in);
    memory_free(&memory, f);
}

int xml_file_open(const struct source_options *o, enum xml_file_kind kind, struct input *in,
                  struct source **out, wfpw_error *e)
{
    static const struct format events = {sizeof(struct eventxml), event_xml_restart,
                                         event_xml_find};
    static const struct format netsh = {sizeof(struct netsh_event), netsh_event_restart,
                                        netsh_event_find};
    const uint8_t *p;
    size_t skip, n;
    struct xml_file *f = memory_new(&o->memory, sizeof *f);
    if (f == NULL) {
        input_close(in);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    f->source = (struct source){.next = next_record,
                                .close = close_source,
                                .size = in->size,
                                .gives = kind == XML_FILE_EVENTS ? WFPW_SOURCE_EVENTXML
                                                                 : WFPW_SOURCE_NETSH};
    f->in = *in;
    f->memory = o->memory;
    f->has_text = in->position > 0;
    f->format = kind == XML_FILE_NETEVENTS ? &netsh : &events;
    f->x = memory_new(&o->memory, f->format->size);
    if (f->x == NULL) {
        close_source(&f->source);
        return error_set(e, WFPW_E_NOMEM, "wfpw_add_file", 0, NULL);
    }
    n = input_view(&f->in, XML_FILE_SNIFF, &p);
    f->x->encoding = xml_look(p, n, &skip, f->x->encoding_name);
    input_skip(&f->in, skip);
    if (!restart_file(f)) {
        bool named = f->x->encoding == XML_DECLARED;
        close_source(&f->source);
        return error_set(e, named ? WFPW_E_FORMAT : WFPW_E_NOMEM, "XML_ParserCreate", 0,
                         named ? "an encoding that is not known" : NULL);
    }
    *out = &f->source;
    return WFPW_OK;
}
