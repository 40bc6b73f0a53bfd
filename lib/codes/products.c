/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "codes/products.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "wfpwatch/wfpwatch.h"

struct product {
    const char *text, *description, *product;
};

static const struct product by_key[] = {
#define PRODUCT_KEY(key, product) {key, NULL, product},
#include "codes/products.inc"
};

static const struct product by_sublayer[] = {
#define PRODUCT_SUBLAYER(key, product) {key, NULL, product},
#include "codes/products.inc"
};

static const struct product by_service[] = {
#define PRODUCT_SERVICE(service, product) {service, NULL, product},
#include "codes/products.inc"
};

static const struct product by_name[] = {
#define PRODUCT_NAME(name, description, product) {name, description, product},
#include "codes/products.inc"
};

static char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Windows does not tell services apart by case. */
static bool is_service(const char *service, const char *lower)
{
    while (*lower != 0 && lower_case(*service) == *lower) {
        service++;
        lower++;
    }
    return *lower == 0 && *service == 0;
}

static const char *find_key(const struct product *table, size_t count, const char *key)
{
    for (size_t i = 0; key != NULL && i < count; i++)
        if (strcmp(table[i].text, key) == 0)
            return table[i].product;
    return NULL;
}

static const char *find_service(const char *service)
{
    for (size_t i = 0; service != NULL && i < sizeof by_service / sizeof *by_service; i++)
        if (is_service(service, by_service[i].text))
            return by_service[i].product;
    return NULL;
}

static const char *find_name(const char *name, const char *description)
{
    for (size_t i = 0; name != NULL && i < sizeof by_name / sizeof *by_name; i++)
        if (strcmp(by_name[i].text, name) == 0 &&
            strcmp(by_name[i].description, description != NULL ? description : "") == 0)
            return by_name[i].product;
    return NULL;
}

static const char *find_sublayer(const struct product_of *without, uint32_t *from)
{
    const char *found =
        find_key(by_sublayer, sizeof by_sublayer / sizeof *by_sublayer, without->sublayer);
    *from = found != NULL ? WFPW_PRODUCT_FROM_SUBLAYER : 0;
    return found;
}

const char *product_find(const struct product_of *provider, uint32_t *from)
{
    if (provider->key == NULL && provider->sublayer != NULL)
        return find_sublayer(provider, from);
    const char *found = find_key(by_key, sizeof by_key / sizeof *by_key, provider->key);
    *from = WFPW_PRODUCT_FROM_KEY;
    if (found == NULL) {
        found = find_service(provider->service);
        *from = WFPW_PRODUCT_FROM_SERVICE;
    }
    if (found == NULL) {
        found = find_name(provider->name, provider->description);
        *from = WFPW_PRODUCT_FROM_NAME;
    }
    if (found == NULL)
        *from = 0;
    return found;
}
