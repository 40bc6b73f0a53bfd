/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What records of IPsec in the Security log say of a negotiation or a packet, as the bodies `ike`
 * and `ipsec`; what they say only partly is absent. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/audit/audit_ipsec.h"
#include "os/fwp_types.h"
#include "wfpwatch/wfpwatch.h"
#include "writer/evtx_writer.h"

#define D(name, value) "<Data Name='" name "'>" value "</Data>"
#define SIDES                                                                                      \
    D("LocalAddress", "192.0.2.1")                                                                 \
    D("LocalKeyModPort", "500") D("RemoteAddress", "198.51.100.2") D("RemoteKeyModPort", "4500")
#define MM_NAMES                 D("LocalMMPrincipalName", "a@x") D("RemoteMMPrincipalName", "b@x")
#define EM_NAMES                 D("LocalEMPrincipalName", "c@x") D("RemoteEMPrincipalName", "d@x")
#define NET(side, address, mask) D(side "Address", address) D(side "AddressMask", mask)

/* One record: its number and fields, and the body that it has. */
static const struct body {
    const char *id, *fields, *want;
} bodies[] = {
    {"4650",
     MM_NAMES SIDES D("KeyModName", "%%8222") D("MMAuthMethod", "%%8193") D("Role", "%%8206")
         D("MMFilterID", "70") D("MMSAID", "9"),
     "\"ike\":{\"module\":0,\"role\":1,\"auth_method\":0,\"mm_id\":9,\"filter_id\":70,"
     "\"local_principal\":\"a@x\",\"remote_principal\":\"b@x\"}"},
    {"4651", D("LocalMMCertHash", "00") D("MMAuthMethod", "%%8238") SIDES,
     "\"ike\":{\"auth_method\":7}"},
    {"4652", SIDES D("FailurePoint", "%%8200") D("FailureReason", "Eigener Text"),
     "\"ike\":{\"point\":2}"},
    {"4653",
     D("LocalMMPrincipalName", "-") D("RemoteMMPrincipalName", "-") SIDES D("KeyModName", "%%8244")
         D("FailurePoint", "%%8199") D("FailureReason", "No policy configured&#13;&#10;")
             D("MMAuthMethod", "%%8194") D("State", "%%8202") D("Role", "%%8205")
                 D("MMFilterID", "0"),
     "\"ike\":{\"error\":13825,\"point\":1,\"module\":2,\"state\":1,\"role\":0,\"filter_id\":0,"
     "\"text\":\"no policy is configured (ERROR_IPSEC_IKE_NO_POLICY)\"}"},
    {"4654",
     NET("Local", "10.1.0.0", "255.255.0.0") D("LocalPort", "0") NET("Remote", "2001:db8::5", "128")
         D("RemotePort", "443") D("Protocol", "6") D("KeyModName", "%%8223")
             D("FailurePoint", "%%8199") D("Mode", "%%8213") D("State", "%%8209")
                 D("Role", "%%8205") D("QMFilterID", "71") D("MMSAID", "9"),
     "\"ike\":{\"point\":1,\"module\":1,\"state\":2,\"role\":0,\"traffic_type\":1,"
     "\"filter_id\":71,\"mm_sa_luid\":9,\"local_subnet\":\"10.1.0.0/16\","
     "\"remote_subnet\":\"2001:db8::5\"}"},
    {"4655", SIDES D("KeyModName", "%%8222") D("MMSAID", "18446744073709551615"),
     "\"ike\":{\"module\":0,\"mm_id\":18446744073709551615}"},
    {"4960", D("RemoteAddress", "198.51.100.2") D("SPI", "3405691582"),
     "\"ipsec\":{\"spi\":3405691582}"},
    {"4965", D("RemoteAddress", "2001:db8::2") D("SPI", "7"), "\"ipsec\":{\"spi\":7}"},
    {"4976", SIDES D("KeyModName", "%%8223"), "\"ike\":{\"module\":1}"},
    {"4977", SIDES D("KeyModName", "IKEv2"), "\"ike\":{\"module\":2}"},
    {"4978", SIDES D("KeyModName", "AuthIP"), "\"ike\":{\"module\":1}"},
    /* of the two modes the main mode, in whatever order the fields come */
    {"4979",
     D("QMFilterID", "72") D("EMAuthMethod", "%%8227") EM_NAMES MM_NAMES SIDES D(
         "MMAuthMethod", "%%8192") D("Role", "%%8205") D("MMFilterID", "70") D("MMSAID", "9"),
     "\"ike\":{\"module\":1,\"role\":0,\"auth_method\":2,\"mm_id\":9,\"filter_id\":70,"
     "\"local_principal\":\"a@x\",\"remote_principal\":\"b@x\"}"},
    {"4981", EM_NAMES SIDES D("EMAuthMethod", "%%8225") D("QMFilterID", "72"),
     "\"ike\":{\"module\":1}"},
    {"4983",
     EM_NAMES SIDES D("FailurePoint", "%%8199")
         D("FailureReason", "IKE authentication credentials are unacceptable.") D("State", "%%8220")
             D("Role", "%%8205") D("QMFilterID", "72"),
     "\"ike\":{\"error\":13801,\"point\":1,\"module\":1,\"state\":2,\"role\":0,\"filter_id\":72,"
     "\"local_principal\":\"c@x\",\"remote_principal\":\"d@x\","
     "\"text\":\"the credentials of this IKE negotiation are not accepted "
     "(ERROR_IPSEC_IKE_AUTH_FAIL)\"}"},
    {"4984", EM_NAMES SIDES D("EMAuthMethod", "%%8225") D("State", "%%8221"),
     "\"ike\":{\"module\":1,\"auth_method\":5,\"local_principal\":\"c@x\","
     "\"remote_principal\":\"d@x\"}"},
    {"5451",
     NET("Local", "2001:db8::", "32") NET("Remote", "192.0.2.7", "255.255.255.255")
         D("KeyingModuleName", "%%8244") D("Mode", "%%8212") D("Role", "%%8206")
             D("TransportFilterId", "73") D("MainModeSaId", "9") D("InboundSpi", "1"),
     "\"ike\":{\"module\":2,\"role\":1,\"traffic_type\":0,\"filter_id\":73,\"mm_sa_luid\":9,"
     "\"local_subnet\":\"2001:db8::/32\",\"remote_subnet\":\"192.0.2.7\"}"},
    {"5452", NET("Local", "0.0.0.0", "0.0.0.0") NET("Remote", "192.0.2.0", "255.0.255.0"),
     "\"ike\":{\"local_subnet\":\"0.0.0.0/0\",\"remote_subnet\":\"192.0.2.0/255.0.255.0\"}"},
    /* no body: nothing of it is said, or it is about something else */
    {"4652", SIDES D("FailurePoint", "%%8211") D("Role", "Rolle"), NULL},
    {"4654", NET("Local", "192.0.2.1", "2001:db8::") D("Mode", "%%8211"), NULL},
    {"4961", D("RemoteAddress", "198.51.100.2") D("SPI", "4294967296"), NULL},
    {"5453", SIDES D("KeyModName", "%%8222"), NULL},
    {"5157", D("Role", "%%8205") D("SPI", "1"), NULL},
    {"5049", D("ProfileChanged", "p"), NULL},
};

struct got {
    wfpw_session *s;
    wfpw_batch *b;
    const wfpw_event *ev;
};

static void read_record(struct got *g, const char *id, const char *fields)
{
    char xml[4096];
    (void)snprintf(xml, sizeof xml,
                   "<Event><System><Provider Name='Microsoft-Windows-Security-Auditing'/>"
                   "<EventID>%s</EventID><TimeCreated SystemTime='2026-01-02T03:04:05Z'/>"
                   "</System><EventData>%s</EventData></Event>",
                   id, fields);
    g->b = wfpw_batch_new(1, 0);
    assert_int_equal(wfpw_open(NULL, &g->s, NULL), 0);
    assert_int_equal(wfpw_add_memory(g->s, xml, strlen(xml), NULL), 0);
    assert_int_equal(wfpw_read(g->s, g->b, -1, NULL), 1);
    g->ev = wfpw_batch_get(g->b, 0);
}

static void close_got(struct got *g)
{
    wfpw_close(g->s);
    wfpw_batch_free(g->b);
}

static void test_bodies(void **state)
{
    char json[4096];
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct body *w = &bodies[i];
        struct got g;
        read_record(&g, w->id, w->fields);
        assert_true(wfpw_to_json(g.ev, 0, json, sizeof json, NULL) > 0);
        bool has = g.ev->ike != NULL || g.ev->ipsec != NULL;
        if (has != (w->want != NULL) || (has && strstr(json, w->want) == NULL))
            fail_msg("%s: %s\nis not in %s", w->id, w->want != NULL ? w->want : "(no body)", json);
        close_got(&g);
    }
}

/* ---- the same from a log -------------------------------------------------------------------- */

enum { FIELDS = 24, TEXT = 128 };

/* The fields of a record, taken from their XML. */
struct fields {
    char names[FIELDS][TEXT];
    uint8_t values[FIELDS][2 * TEXT];
    struct evtx_field of[FIELDS];
    size_t count;
};

static void split_fields(struct fields *f, const char *xml)
{
    char value[TEXT];
    int n = 0;
    f->count = 0;
    for (; *xml != 0; xml += n) {
        size_t i = f->count++;
        assert_int_equal(
            sscanf(xml, "<Data Name='%127[^']'>%127[^<]</Data>%n", f->names[i], value, &n), 2);
        f->of[i] = (struct evtx_field){.name = f->names[i],
                                       .type = EVTXW_STRING,
                                       .form = EVTXW_VALUE,
                                       .size = (uint16_t)(2 * strlen(value)),
                                       .data = f->values[i]};
        assert_int_equal(evtxw_utf16(value, f->values[i], sizeof f->values[i]), f->of[i].size);
    }
}

static void write_log(struct evtx_writer *w, const char *id, const struct fields *f)
{
    assert_true(evtxwriter_begin(w, NULL));
    assert_true(
        evtxwriter_event(w, &(struct evtx_event){.provider = "Microsoft-Windows-Security-Auditing",
                                                 .channel = "Security",
                                                 .computer = "PC",
                                                 .event_id = (uint32_t)strtoul(id, NULL, 10),
                                                 .time = 133500000000000000,
                                                 .record_id = 1,
                                                 .fields = f->of,
                                                 .field_count = f->count}));
    assert_true(evtxwriter_end(w));
}

static void test_log(void **state)
{
    static struct fields f;
    static struct evtx_writer w;
    char json[4096];
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const struct body *wanted = &bodies[i];
        struct got g = {0};
        if (strchr(wanted->fields, '&') != NULL) /* a reference of XML */
            continue;
        g.b = wfpw_batch_new(1, 0);
        split_fields(&f, wanted->fields);
        write_log(&w, wanted->id, &f);
        assert_int_equal(wfpw_open(NULL, &g.s, NULL), 0);
        assert_int_equal(wfpw_add_memory(g.s, w.data, w.size, NULL), 0);
        assert_int_equal(wfpw_read(g.s, g.b, -1, NULL), 1);
        g.ev = wfpw_batch_get(g.b, 0);
        assert_true(wfpw_to_json(g.ev, 0, json, sizeof json, NULL) > 0);
        bool has = g.ev->ike != NULL || g.ev->ipsec != NULL;
        if (has != (wanted->want != NULL) || (has && strstr(json, wanted->want) == NULL))
            fail_msg("%s: %s\nis not in %s", wanted->id,
                     wanted->want != NULL ? wanted->want : "(no body)", json);
        close_got(&g);
        evtxwriter_free(&w);
    }
}

/* ---- the event ------------------------------------------------------------------------------ */

/* The address of a network is not that of a host; a packet's way is known by the record. */
static void test_the_event(void **state)
{
    struct got g;
    (void)state;
    read_record(&g, "4654",
                NET("Local", "10.1.0.0", "255.255.0.0") D("LocalPort", "80")
                    NET("Remote", "192.0.2.7", "32") D("QMFilterID", "71"));
    assert_int_equal(g.ev->present, WFPW_HAS_LOCAL_PORT | WFPW_HAS_REMOTE | WFPW_HAS_FILTER_ID);
    assert_int_equal(g.ev->local.family, 0);
    assert_int_equal(g.ev->local.port, 80);
    assert_int_equal(g.ev->filter_id, 71);
    assert_int_equal(g.ev->direction, 0);
    close_got(&g);
    read_record(&g, "5451", /* the ends of a tunnel are hosts; what has the port is not */
                NET("Local", "10.1.0.0", "255.255.0.0") D("LocalPort", "0")
                    D("LocalTunnelEndpoint", "192.0.2.1") NET("Remote", "2001:db8::", "32")
                        D("RemotePort", "443") D("RemoteTunnelEndpoint", "198.51.100.2"));
    assert_int_equal(g.ev->present, WFPW_HAS_LOCAL | WFPW_HAS_REMOTE);
    assert_int_equal(g.ev->local.addr[0], 192);
    assert_int_equal(g.ev->remote.family, 4);
    assert_int_equal(g.ev->remote.port, 0);
    assert_string_equal(g.ev->ike->local_subnet, "10.1.0.0/16");
    assert_string_equal(g.ev->ike->remote_subnet, "2001:db8::/32");
    close_got(&g);
    read_record(&g, "5451", /* no tunnel, though its fields are there; and a host is one */
                NET("Local", "10.1.0.0", "16") D("LocalTunnelEndpoint", "0.0.0.0")
                    NET("Remote", "192.0.2.7", "32") D("RemoteTunnelEndpoint", "198.51.100.2"));
    assert_int_equal(g.ev->present, WFPW_HAS_REMOTE);
    assert_int_equal(g.ev->remote.addr[0], 192);
    close_got(&g);
    read_record(&g, "4963", D("RemoteAddress", "fe80::2%7") D("SPI", "5"));
    assert_int_equal(g.ev->direction, WFPW_DIRECTION_INBOUND);
    assert_int_equal(g.ev->direction_from, WFPW_DIRECTION_FROM_RECORD);
    assert_int_equal(g.ev->orientation, WFPW_ORIENTATION_FIELD);
    assert_int_equal(g.ev->present, WFPW_HAS_REMOTE | WFPW_HAS_SCOPE_ID);
    assert_int_equal(g.ev->ipsec->present, WFPW_IPSEC_HAS_SPI);
    close_got(&g);
    read_record(&g, "5451", NET("Local", "fe80::%7", "10") NET("Remote", "192.0.2.7", "32"));
    assert_int_equal(g.ev->present, WFPW_HAS_REMOTE);
    assert_string_equal(g.ev->ike->local_subnet, "fe80::/10");
    close_got(&g);
}

/* ---- as binary XML has it ------------------------------------------------------------------- */

static void add_wide(struct audit_record *a, const char *name, const char *text)
{
    uint16_t units[64]; /* little-endian hosts */
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        units[i] = (uint8_t)text[i];
    audit_record_field(a, audit_name(name, strlen(name)), VALUE_UTF8, name, strlen(name),
                       VALUE_STRING, units, 2 * n);
}

static void add_quick_mode(struct audit_record *a, uint64_t sa)
{
    static const char provider[] = "Microsoft-Windows-Security-Auditing";
    const uint16_t id = 4654;
    audit_record_slot(a, SLOT_PROVIDER_NAME, VALUE_UTF8, provider, sizeof provider - 1);
    audit_record_slot(a, SLOT_EVENT_ID, VALUE_U16, &id, sizeof id);
    add_wide(a, "LocalAddress", "2001:db8:1:2:3:4:5:6");
    add_wide(a, "localaddressmask", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"); /* in any case */
    add_wide(a, "RemoteAddress", "192.0.2.0");
    add_wide(a, "RemoteAddressMask", "255.0.255.0");
    add_wide(a, "KeyModName", "%%8223");
    add_wide(a, "State", "%%8208");
    audit_record_field(a, audit_name("MMSAID", 6), VALUE_UTF8, "MMSAID", 6, VALUE_U64, &sa,
                       sizeof sa);
}

/* Values with their types, and rooms in which not all of it fits: then some of it is absent. */
static void test_typed_and_cut(void **state)
{
    struct audit_record *a = calloc(1, sizeof *a);
    uint32_t whole = 0, least = 2 * sizeof(struct record);
    (void)state;
    assert_non_null(a);
    for (uint32_t cap = least; cap <= 16384; cap += 8) {
        uint64_t *room = malloc(cap);
        assert_non_null(room);
        audit_record_start(a, room, cap, WFPW_SOURCE_EVTX);
        add_quick_mode(a, 0x8000000000000001u);
        const struct record *r = audit_record_finish(a, 1);
        assert_true(r != NULL && r->bytes <= cap);
        if ((r->flags & WFPW_EVENT_TRUNCATED) == 0) {
            const struct record_ike *ike = record_at(r, r->ike_at);
            assert_true(r->ike_at != 0);
            assert_int_equal(ike->present,
                             WFPW_IKE_HAS_MODULE | WFPW_IKE_HAS_STATE | WFPW_IKE_HAS_MM_SA_LUID);
            assert_int_equal(ike->state, IKEEXT_QM_SA_STATE_INITIAL);
            assert_true(ike->mm_sa_luid == 0x8000000000000001u);
            assert_memory_equal(record_at(r, ike->local_subnet.at), "2001:db8:1:2:3:4:5:6/127",
                                ike->local_subnet.size);
            assert_memory_equal(record_at(r, ike->remote_subnet.at), "192.0.2.0/255.0.255.0",
                                ike->remote_subnet.size);
            whole++;
        } else {
            assert_int_equal(whole, 0); /* more room never holds less */
        }
        free(room);
    }
    assert_true(whole > 0);
    free(a);
}

/* ---- codes and texts ------------------------------------------------------------------------ */

static bool number_of(enum audit_ipsec_kind kind, const char *text, uint32_t *out)
{
    uint16_t wide[AUDIT_VALUE_MAX];
    size_t n = strlen(text);
    uint32_t same;
    for (size_t i = 0; i < n; i++)
        wide[i] = (uint8_t)text[i];
    bool found = audit_ipsec_number(kind, VALUE_UTF8, text, n, out);
    assert_int_equal(audit_ipsec_number(kind, VALUE_STRING, wide, 2 * n, &same), found);
    assert_true(!found || same == *out);
    return found;
}

/* Every code is one number of one kind, and so is its text on an English Windows. */
static void test_numbers(void **state)
{
    static const struct {
        enum audit_ipsec_kind kind;
        const char *code, *text;
        uint32_t number;
    } known[] = {
        {AUDIT_IPSEC_POINT, "%%8199", "Local computer", IPSEC_FAILURE_ME},
        {AUDIT_IPSEC_POINT, "%%8200", "Remote computer", IPSEC_FAILURE_PEER},
        {AUDIT_IPSEC_ROLE, "%%8205", "Initiator", IKEEXT_SA_ROLE_INITIATOR},
        {AUDIT_IPSEC_ROLE, "%%8206", "Responder", IKEEXT_SA_ROLE_RESPONDER},
        {AUDIT_IPSEC_MODULE, "%%8222", "IKEv1", IKEEXT_KEY_MODULE_IKE},
        {AUDIT_IPSEC_MODULE, "%%8223", "AuthIP", IKEEXT_KEY_MODULE_AUTHIP},
        {AUDIT_IPSEC_MODULE, "%%8244", "IKEv2", IKEEXT_KEY_MODULE_IKEV2},
        {AUDIT_IPSEC_METHOD, "%%8192", "Kerberos", IKEEXT_KERBEROS},
        {AUDIT_IPSEC_METHOD, "%%8193", "Preshared key", IKEEXT_PRESHARED_KEY},
        {AUDIT_IPSEC_METHOD, "%%8224", "Anonymous", IKEEXT_ANONYMOUS},
        {AUDIT_IPSEC_METHOD, "%%8225", "NTLM V2", IKEEXT_NTLM_V2},
        {AUDIT_IPSEC_METHOD, "%%8226", "CGA", IKEEXT_IPV6_CGA},
        {AUDIT_IPSEC_METHOD, "%%8227", "Certificate", IKEEXT_CERTIFICATE},
        {AUDIT_IPSEC_METHOD, "%%8228", "SSL", IKEEXT_SSL},
        {AUDIT_IPSEC_METHOD, "%%8238", "Certificate ECDSA P256", IKEEXT_CERTIFICATE_ECDSA_P256},
        {AUDIT_IPSEC_METHOD, "%%8239", "Certificate ECDSA P384", IKEEXT_CERTIFICATE_ECDSA_P384},
        {AUDIT_IPSEC_METHOD, "%%8240", "SSL ECDSA P256", IKEEXT_SSL_ECDSA_P256},
        {AUDIT_IPSEC_METHOD, "%%8241", "SSL ECDSA P384", IKEEXT_SSL_ECDSA_P384},
        {AUDIT_IPSEC_METHOD, "%%8247", "EAP", IKEEXT_EAP},
        {AUDIT_IPSEC_TRAFFIC, "%%8212", "Transport", IPSEC_TRAFFIC_TYPE_TRANSPORT},
        {AUDIT_IPSEC_TRAFFIC, "%%8213", "Tunnel", IPSEC_TRAFFIC_TYPE_TUNNEL},
        {AUDIT_IPSEC_MM_STATE, "%%8201", "No state", IKEEXT_MM_SA_STATE_NONE},
        {AUDIT_IPSEC_MM_STATE, "%%8202", "Sent first (SA) payload", IKEEXT_MM_SA_STATE_SA_SENT},
        {AUDIT_IPSEC_QM_STATE, "%%8207", "No state", IKEEXT_QM_SA_STATE_NONE},
        {AUDIT_IPSEC_QM_STATE, "%%8208", "Sent first (SA) payload", IKEEXT_QM_SA_STATE_INITIAL},
        {AUDIT_IPSEC_QM_STATE, "%%8209", "Sent final payload", IKEEXT_QM_SA_STATE_FINAL},
        {AUDIT_IPSEC_QM_STATE, "%%8210", "Complete", IKEEXT_QM_SA_STATE_COMPLETE},
        {AUDIT_IPSEC_EM_STATE, "%%8218", "No state", IKEEXT_EM_SA_STATE_NONE},
        {AUDIT_IPSEC_EM_STATE, "%%8219", "Sent first (EM attributes) payload",
         IKEEXT_EM_SA_STATE_SENT_ATTS},
        {AUDIT_IPSEC_EM_STATE, "%%8220", "Sent second (SSPI) payload",
         IKEEXT_EM_SA_STATE_SSPI_SENT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t by_code, by_text;
        for (uint32_t kind = 0; kind <= AUDIT_IPSEC_ERROR; kind++) {
            bool is = number_of((enum audit_ipsec_kind)kind, known[i].code, &by_code);
            assert_int_equal(is, kind == (uint32_t)known[i].kind);
        }
        assert_true(number_of(known[i].kind, known[i].code, &by_code));
        assert_true(number_of(known[i].kind, known[i].text, &by_text));
        assert_int_equal(by_code, known[i].number);
        assert_int_equal(by_text, known[i].number);
    }
}

/* What is two of Microsoft's numbers, or none; errors whose text is not theirs alone. */
static void test_no_number(void **state)
{
    static const struct {
        enum audit_ipsec_kind kind;
        const char *value;
    } none[] = {
        {AUDIT_IPSEC_MM_STATE, "%%8203"},
        {AUDIT_IPSEC_MM_STATE, "%%8204"},
        {AUDIT_IPSEC_MM_STATE, "%%8210"},
        {AUDIT_IPSEC_MM_STATE, "Sent third (ID) payload"},
        {AUDIT_IPSEC_EM_STATE, "%%8221"},
        {AUDIT_IPSEC_MM_STATE, "%%8245"},
        {AUDIT_IPSEC_METHOD, "%%8194"},
        {AUDIT_IPSEC_POINT, "%%8229"},
        {AUDIT_IPSEC_POINT, "%%0"},
        {AUDIT_IPSEC_ERROR, "%%0"},
        {AUDIT_IPSEC_POINT, ""},
        {AUDIT_IPSEC_POINT, "-"},
        {AUDIT_IPSEC_POINT, "8199"},
        {AUDIT_IPSEC_POINT, "%%"},
        {AUDIT_IPSEC_POINT, "Lokaler Computer"},
        {AUDIT_IPSEC_ERROR, "Negotiation took too long"},
        {AUDIT_IPSEC_ERROR, "Negotiation request sat in Queue too long"},
        {AUDIT_IPSEC_ERROR, "Negotiation timed"},
        {AUDIT_IPSEC_ERROR, "Negotiation timed out!"},
        {AUDIT_IPSEC_ERROR, "13805"},
    };
    uint32_t n;
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (number_of(none[i].kind, none[i].value, &n))
            fail_msg("%s is %u", none[i].value, (unsigned)n);
}

/* A message ends with a full stop or without, and perhaps with a line's end. */
static void test_errors(void **state)
{
    static const char *const ends[] = {"", ".", "\r\n", ".\r\n", " \r\n"};
    char text[AUDIT_VALUE_MAX];
    uint32_t n;
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(text, sizeof text, "Negotiation timed out%s", ends[i]);
        assert_true(number_of(AUDIT_IPSEC_ERROR, text, &n));
        assert_int_equal(n, 13805);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typed_and_cut), cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_the_event),     cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_no_number),     cmocka_unit_test(test_errors),
        cmocka_unit_test(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
