/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "view/audit_sentence.h"

#include <stdlib.h>
#include <string.h>

/* ---- fields --------------------------------------------------------------------------------- */

/* NULL when the record lacks it, or has nothing or a dash there. */
static const char *find_field(const wfpw_event *ev, const char *name)
{
    const char *value = wfpw_audit_get(ev->audit, name);
    bool empty = value == NULL || value[0] == 0 || strcmp(value, "-") == 0;
    return empty ? NULL : value;
}

/* The number of "%%N"; 0 when it is no such text. */
static uint32_t code_of(const char *text)
{
    bool is_code = strncmp(text, "%%", 2) == 0 && text[2] >= '0' && text[2] <= '9';
    return is_code ? (uint32_t)strtoul(text + 2, NULL, 10) : 0;
}

void audit_sentence_value(struct buffer *b, const char *value)
{
    const char *word = wfpw_word(WFPW_LIST_AUDIT_CODE, code_of(value));
    buffer_text(b, word[0] != 0 ? word : value);
}

static void put_field(struct buffer *b, const wfpw_event *ev, const char *before, const char *name,
                      const char *after)
{
    const char *value = find_field(ev, name);
    if (value == NULL)
        return;
    buffer_puts(b, before);
    audit_sentence_value(b, value);
    buffer_puts(b, after);
}

static void put_user(struct buffer *b, const wfpw_event *ev)
{
    const char *domain = find_field(ev, "SubjectDomainName");
    const char *user = ev->user_name != NULL ? ev->user_name : ev->user_sid;
    if (user == NULL)
        return;
    buffer_puts(b, " by ");
    if (domain != NULL && ev->user_name != NULL && strchr(user, '\\') == NULL) {
        buffer_text(b, domain);
        buffer_puts(b, "\\");
    }
    buffer_text(b, user);
}

/* ---- the audit policy ----------------------------------------------------------------------- */

enum { SUCCESS_REMOVED = 8448, SUCCESS_ADDED, FAILURE_REMOVED, FAILURE_ADDED };

/* Which of the four a list of codes has: bit N is code 8448 + N. Bit 4: something else. */
static unsigned changes_of(const char *list)
{
    unsigned found = 0;
    for (const char *at = list; *at != 0; at += strcspn(at, ","), at += *at == ',') {
        at += strspn(at, " ");
        uint32_t code = code_of(at);
        bool known = code >= SUCCESS_REMOVED && code <= FAILURE_ADDED;
        found |= known ? 1u << (code - SUCCESS_REMOVED) : 16u;
    }
    return found;
}

static void put_switched(struct buffer *b, unsigned changes, bool on)
{
    bool success = (changes & (on ? 2u : 1u)) != 0, failure = (changes & (on ? 8u : 4u)) != 0;
    if (!success && !failure)
        return;
    buffer_puts(b, on ? "on (" : "off (");
    buffer_puts(b, success ? "success" : "");
    buffer_puts(b, success && failure ? ", " : "");
    buffer_puts(b, failure ? "failure)" : ")");
}

/* Each code of the list as its word. */
static void put_codes(struct buffer *b, const char *list)
{
    char one[32];
    for (const char *at = list; *at != 0;) {
        at += strspn(at, ", ");
        size_t n = strcspn(at, ",");
        if (n > 0 && n < sizeof one) {
            memcpy(one, at, n);
            one[n] = 0;
            audit_sentence_value(b, one);
        } else {
            buffer_text_n(b, at, n);
        }
        at += n;
        buffer_puts(b, *at != 0 ? ", " : "");
    }
}

static bool put_audit_policy(struct buffer *b, const wfpw_event *ev)
{
    const char *what = find_field(ev, "SubcategoryId"),
               *list = find_field(ev, "AuditPolicyChanges");
    unsigned changes = list != NULL ? changes_of(list) : 16u;
    what = what != NULL ? what : find_field(ev, "SubcategoryGuid");
    if (what == NULL)
        return false;
    buffer_puts(b, "Auditing of ");
    audit_sentence_value(b, what);
    put_field(b, ev, " (", "CategoryId", ")");
    if ((changes & 16u) != 0) {
        buffer_puts(b, " was changed");
        buffer_puts(b, list != NULL ? ": " : "");
        put_codes(b, list != NULL ? list : "");
    } else {
        buffer_puts(b, " was turned ");
        put_switched(b, changes, false);
        buffer_puts(b, (changes & 5u) != 0 && (changes & 10u) != 0 ? " and " : "");
        put_switched(b, changes, true);
    }
    put_user(b, ev);
    put_field(b, ev, ", process ", "ClientProcessId", "");
    return true;
}

/* ---- the firewall and its filters ----------------------------------------------------------- */

static bool put_setting(struct buffer *b, const wfpw_event *ev)
{
    if (find_field(ev, "SettingType") == NULL)
        return false;
    put_field(b, ev, "The firewall's setting '", "SettingType", "' is now ");
    if (find_field(ev, "SettingValue") == NULL)
        buffer_puts(b, "empty");
    put_field(b, ev, "'", "SettingValue", "'");
    put_field(b, ev, " in the profile ", "ProfileChanged", "");
    return true;
}

/* What records tell of, by the last digit of their number: 5440 to 5444 when the service starts,
 * 5446 to 5450 when it is changed. */
static const struct {
    const char *what, *name, *id;
} things[] = {{"callout", "CalloutName", "CalloutId"},
              {"filter", "FilterName", "FilterId"},
              {"provider", "ProviderName", NULL},
              {"provider context", "ProviderContextName", NULL},
              {"sublayer", "SubLayerName", NULL}};

static const char *change_of(const wfpw_event *ev)
{
    enum { ADDED = 16384, DELETED = 16385 };
    const char *type = find_field(ev, "ChangeType");
    uint32_t code = type != NULL ? code_of(type) : 0;
    return code == ADDED ? " was added" : code == DELETED ? " was deleted" : " was changed";
}

static bool put_policy(struct buffer *b, const wfpw_event *ev)
{
    uint32_t id = ev->audit->event_id;
    bool is_list = id < 5446;
    size_t i = is_list ? id - 5440 : id - 5446;
    if (i >= sizeof things / sizeof *things)
        return false;
    buffer_puts(b, things[i].what);
    if (things[i].id != NULL)
        put_field(b, ev, " ", things[i].id, "");
    put_field(b, ev, " '", things[i].name, "'");
    buffer_puts(b, is_list ? " was there at the start" : change_of(ev));
    put_field(b, ev, ": ", "Action", "");
    put_field(b, ev, " at ", "LayerName", "");
    if (strcmp(things[i].what, "provider") != 0)
        put_field(b, ev, " of ", "ProviderName", "");
    if (is_list)
        return true;
    put_field(b, ev, ", by process ", "ProcessId", "");
    if (ev->user_name != NULL) {
        buffer_puts(b, " of ");
        buffer_text(b, ev->user_name);
    }
    return true;
}

/* ---- the rest ------------------------------------------------------------------------------- */

static bool put_listener(struct buffer *b, const wfpw_event *ev)
{
    buffer_puts(b, "it may not accept incoming connections");
    put_field(b, ev, " in the profile ", "Profiles", "");
    return true;
}

static bool put_defence(struct buffer *b, const wfpw_event *ev, bool begins)
{
    buffer_puts(b, begins ? "a flood of packets began" : "a flood of packets has ended");
    put_field(b, ev, ": ", "Type", "");
    put_field(b, ev, ", packets discarded: ", "PacketsDiscarded", "");
    return true;
}

/* "rule {guid} 'Block tools' was added: block outbound, by mmc.exe" */
static bool put_rule(struct buffer *b, const wfpw_event *ev)
{
    static const char *const words[] = {[WFPW_REASON_RULE_ADDED] = " was added",
                                        [WFPW_REASON_RULE_CHANGED] = " was changed",
                                        [WFPW_REASON_RULE_DELETED] = " was deleted",
                                        [WFPW_REASON_RULE_PRESENT] = " was in force at the start",
                                        [WFPW_REASON_RULE_NOT_APPLIED] = " was not applied"};
    const wfpw_rule *r = ev->rule;
    const char *word = ev->reason < sizeof words / sizeof *words ? words[ev->reason] : NULL;
    if (word == NULL)
        return false;
    buffer_puts(b, "rule ");
    put_field(b, ev, "", "RuleId", "");
    put_field(b, ev, " '", "RuleName", "'");
    buffer_puts(b, word);
    put_field(b, ev, ": it lacks ", "RuleAttr", "");
    put_field(b, ev, ": ", "ReasonForRejection", "");
    put_field(b, ev, ": ", "Reason", "");
    if (r != NULL && r->action != 0) {
        buffer_puts(b, ": ");
        buffer_puts(b, wfpw_word(WFPW_LIST_RULE_ACTION, r->action));
        buffer_puts(b, " ");
        buffer_puts(b, wfpw_word(WFPW_LIST_DIRECTION, r->direction));
    }
    put_field(b, ev, ", by ", "ModifyingApplication", "");
    put_field(b, ev, ", of the profile ", "ProfileChanged", "");
    return true;
}

/* MS-FASP's FW_STORE_TYPE and what Windows writes beyond it; by number. */
static const char *store_of(const wfpw_event *ev)
{
    static const char *const words[] = {[1] = "Group Policy's result",
                                        [2] = "this host's own",
                                        [3] = "service hardening",
                                        [4] = "service hardening, configurable",
                                        [5] = "dynamic",
                                        [6] = "a Group Policy",
                                        [7] = "the defaults",
                                        [10] = "app isolation",
                                        [11] = "management (MDM)",
                                        [12] = "tenant restrictions"};
    const char *type = find_field(ev, "Store Type"); /* as records have it, not the manifest */
    type = type != NULL ? type : find_field(ev, "StoreType");
    unsigned long n = type != NULL ? strtoul(type, NULL, 10) : 0;
    return n < sizeof words / sizeof *words ? words[n] : NULL;
}

/* What the firewall's channel tells of more than one rule. */
static bool put_settings(struct buffer *b, const wfpw_event *ev, uint32_t id)
{
    bool is_reset = id == 2032 || id == 2060, is_deletion = id == 2033 || id == 2059;
    const char *store = is_deletion ? store_of(ev) : NULL;
    buffer_puts(b, is_reset      ? "The firewall was reset to its defaults"
                   : is_deletion ? "All rules of a store were deleted"
                                 : "A setting of the firewall was changed");
    if (store != NULL) {
        buffer_puts(b, ": ");
        buffer_puts(b, store);
    }
    if (!is_reset && !is_deletion) {
        put_field(b, ev, ": number ", "SettingType", "");
        put_field(b, ev, ", now '", "SettingValueString", "'");
        put_field(b, ev, ", now '", "SettingValueDisplay", "'");
    }
    put_field(b, ev, ", by ", "ModifyingApplication", "");
    return true;
}

void audit_sentence_packet(struct buffer *b, const wfpw_event *ev)
{
    static const struct {
        uint32_t event_id;
        const char *text;
    } said[] = {
        {4960, "an inbound packet failed its integrity check"},
        {4961, "an inbound packet failed its replay check"},
        {4962, "an inbound packet failed its replay check: its sequence number is too low"},
        {4963, "an inbound packet that should have been protected was not"},
        {4965, "the SPI of an inbound packet is not right"},
        {4976, "an invalid packet came in main mode"},
        {4977, "an invalid packet came in quick mode"},
        {4978, "an invalid packet came in extended mode"},
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i].event_id == ev->audit->event_id)
            buffer_puts(b, said[i].text);
    if (ev->ipsec != NULL && (ev->ipsec->present & WFPW_IPSEC_HAS_SPI) != 0) {
        buffer_puts(b, ", SPI ");
        buffer_number(b, ev->ipsec->spi);
    }
}

static bool is_of_rule(const wfpw_event *ev, uint32_t id)
{
    return ev->kind == WFPW_KIND_FIREWALL || (id >= 4945 && id <= 4948) ||
           (id >= 4951 && id <= 4953) || id == 4957 || id == 4958;
}

bool audit_sentence_put(struct buffer *b, const wfpw_event *ev)
{
    uint32_t id = ev->audit != NULL ? ev->audit->event_id : 0;
    if (ev->kind == WFPW_KIND_FIREWALL && ev->reason == WFPW_REASON_POLICY_CHANGE)
        return put_settings(b, ev, id);
    if (is_of_rule(ev, id))
        return put_rule(b, ev);
    switch (id) {
    case 1102:
        buffer_puts(b, "The Security log was cleared");
        put_user(b, ev);
        return true;
    case 4719:
        return put_audit_policy(b, ev);
    case 4950:
        return put_setting(b, ev);
    case 5031:
        return put_listener(b, ev);
    case 5148:
    case 5149:
        return put_defence(b, ev, id == 5148);
    case 5049:
        buffer_puts(b, "a security association of IPsec was deleted");
        put_field(b, ev, ": '", "IpSecSecurityAssociationName", "'");
        return true;
    default:
        return id >= 5440 && id <= 5450 && put_policy(b, ev);
    }
}
