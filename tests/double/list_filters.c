/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Prints the engine's filters, a line each, by the functions that this host has: id, name, layer,
 * provider, and what its context holds. */
#include <stdio.h>
#include <stdlib.h>

#include "decode/fwpm/fwp_object.h"
#include "os/system.h"

enum { PAGE = 3 };

static struct system_host host;
static struct policy_object_builder builder;

static void must(uint32_t code, const char *what)
{
    if (code == 0)
        return;
    (void)fprintf(stderr, "%s: 0x%x\n", what, code);
    exit(1);
}

static const char *text_or(const struct policy_object *o, enum policy_object_slot slot)
{
    const char *text = o != NULL ? policy_object_slot_of(o, slot) : NULL;
    return text != NULL ? text : "-";
}

static void print_origin(void *engine, const FWPM_FILTER0 *f)
{
    void *context = NULL;
    if ((f->flags & FWPM_FILTER_FLAG_HAS_PROVIDER_CONTEXT) == 0) {
        puts("-");
        return;
    }
    must(host.policy.get_by_key[LIST_CONTEXTS](&host, engine, &f->providerContextKey, &context),
         "get_by_key");
    puts(text_or(fwp_object_context(&builder, context), TEXT_DATA));
    host.engine.free(&host, &context);
}

static void print(void *engine, const FWPM_FILTER0 *f)
{
    const struct policy_object *o = fwp_object_filter(&builder, f);
    (void)printf("%llu|%s|%s|%s|", (unsigned long long)o->id, text_or(o, TEXT_NAME),
                 text_or(o, TEXT_LAYER), text_or(o, TEXT_PROVIDER));
    print_origin(engine, f);
}

static uint32_t print_page(void *engine, void *handle)
{
    void **entries, *page;
    uint32_t n;
    must(host.policy.enumerate[LIST_FILTERS](&host, engine, handle, PAGE, &entries, &n),
         "enumerate");
    for (uint32_t i = 0; i < n; i++)
        print(engine, entries[i]);
    page = entries;
    host.engine.free(&host, &page);
    return n;
}

static void FWP_CALLBACK on_change(void *context, const FWPM_FILTER_CHANGE0 *change)
{
    (void)context;
    (void)change;
}

int main(void)
{
    const FWPM_SESSION0 session = {.txnWaitTimeoutInMSec = 1000};
    const FWPM_FILTER_SUBSCRIPTION0 s = {.flags = FWPM_SUBSCRIPTION_FLAG_NOTIFY_ON_ADD};
    void *engine, *handle, *changes;
    FWPM_FILTER0 *none = NULL;
    must(!system_host_find(&host), "system_host_find");
    must(host.engine.open(&host, &session, &engine), "open");
    must(host.policy.subscribe_changes(&host, engine, &s, on_change, NULL, &changes), "subscribe");
    must(host.policy.create_enum[LIST_FILTERS](&host, engine, NULL, &handle), "create_enum");
    while (print_page(engine, handle) == PAGE)
        continue;
    must(host.policy.destroy_enum[LIST_FILTERS](&host, engine, handle), "destroy_enum");
    (void)printf("0x%x\n", host.policy.filter_get(&host, engine, 1, &none));
    must(host.policy.unsubscribe_changes(&host, engine, changes), "unsubscribe");
    must(host.engine.close(&host, engine), "close");
    return 0;
}
