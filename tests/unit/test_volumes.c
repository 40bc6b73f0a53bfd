/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Device paths as paths of this host: which place wins, what is no path, when the system is asked.
 */
#include "flow/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolve/volumes.h"
#include "os/system.h"

/* A system whose lists a test writes. */
struct host {
    struct heap heap;
    struct wfpw_system system;
    struct system_places places;
    struct volumes paths;
    const char *const *drives, *const *mounts; /* place, device, ..., NULL */
    uint32_t drives_code, mounts_code;
    int drives_calls, mounts_calls;
};

static size_t widen(const char *s, uint16_t *out)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)s[i];
    return n;
}

static void list(const char *const *pairs, system_found found, void *to)
{
    uint16_t place[2048], device[2048];
    for (; pairs != NULL && *pairs != NULL; pairs += 2) {
        size_t n = widen(pairs[0], place), m = widen(pairs[1], device);
        found(to, place, n, device, m);
    }
}

static uint32_t list_drives(void *ctx, system_found found, void *to)
{
    struct host *h = ctx;
    h->drives_calls++;
    list(h->drives, found, to);
    return h->drives_code;
}

static uint32_t list_mounts(void *ctx, system_found found, void *to)
{
    struct host *h = ctx;
    h->mounts_calls++;
    list(h->mounts, found, to);
    return h->mounts_code;
}

static void open_host(struct host *h, const char *const *drives, const char *const *mounts)
{
    *h = (struct host){.drives = drives, .mounts = mounts};
    heap_init(&h->heap);
    h->places = (struct system_places){.drives = list_drives, .mounts = list_mounts};
    h->system = (struct wfpw_system){.ctx = h, .places = &h->places};
    assert_true(volumes_init(&h->paths, &h->heap.allocator));
    volumes_use(&h->paths, &h->system);
}

static void close_host(struct host *h)
{
    volumes_free(&h->paths);
    assert_int_equal(os_u64_load(&h->heap.live), 0);
}

/* The path as the batch would put it together; "-" for one that is none, "?" for an unknown volume.
 * The text lies in a block of the exact size. */
static const char *path_of(struct host *h, const char *device_path, char room[4096])
{
    size_t n = strlen(device_path);
    uint16_t *units = malloc(n * sizeof *units + 1);
    struct volume_found f;
    (void)widen(device_path, units);
    enum volume_answer answer = volumes_find(&h->paths, units, n, &f);
    free(units);
    if (answer != VOLUME_FOUND)
        return answer == VOLUME_NONE ? "-" : "?";
    assert_true(f.units < n && f.bytes <= VOLUMES_PLACE_MAX);
    assert_int_equal(device_path[f.units], '\\');
    memcpy(room, f.place, f.bytes);
    memcpy(room + f.bytes, device_path + f.units, n - f.units + 1);
    return room;
}

static void assert_path(struct host *h, const char *device_path, const char *wanted)
{
    char room[4096];
    assert_string_equal(path_of(h, device_path, room), wanted);
}

/* ---- which place ---------------------------------------------------------------------------- */

static const char *const drives[] = {
    "A:", "\\Device\\Floppy0",
    "B:", "\\Device\\HarddiskVolume30",
    "C:", "\\Device\\HarddiskVolume3",
    "R:", "\\Device\\ImDisk0",
    "X:", "\\??\\C:\\work",
    "Z:", "\\Device\\LanmanRedirector\\;Z:000000000003e7ab\\srv\\pub",
    NULL};
static const char *const mounts[] = {
    "C:\\",       "\\Device\\HarddiskVolume3", "C:\\data\\far\\", "\\Device\\HarddiskVolume9",
    "C:\\data\\", "\\Device\\HarddiskVolume9", "D:\\in\\",        "\\Device\\HarddiskVolume30",
    NULL};

static void assert_paths(const char *const cases[][2], size_t count)
{
    struct host h;
    open_host(&h, drives, mounts);
    volumes_read(&h.paths, 1);
    for (size_t i = 0; i < count; i++)
        assert_path(&h, cases[i][0], cases[i][1]);
    close_host(&h);
}

static void test_places(void **state)
{
    static const char *const cases[][2] = {
        {"\\device\\harddiskvolume3\\tools\\nc.exe", "C:\\tools\\nc.exe"},
        {"\\DEVICE\\HardDiskVolume3\\Tools\\NC.exe", "C:\\Tools\\NC.exe"}, /* as it came */
        {"\\device\\harddiskvolume30\\x.exe", "B:\\x.exe"},      /* a letter before a folder */
        {"\\device\\harddiskvolume9\\x.exe", "C:\\data\\x.exe"}, /* the shorter folder */
        {"\\device\\harddiskvolume\\x.exe", "?"},
        {"\\device\\harddiskvolume31\\x.exe", "?"},
        {"\\device\\harddiskvolume3", "?"},
        {"\\device\\harddiskvolume3\\", "C:\\"},
        {"\\device\\imdisk0\\a\\b.exe", "R:\\a\\b.exe"},
        {"\\device\\harddiskvolume3\\work\\x.exe", "C:\\work\\x.exe"}, /* never X: */
        {"\\??\\c:\\work\\x.exe", "?"},
        {"System", "-"},
        {"Registry", "-"},
        {"MemCompression", "-"},
        {"", "-"},
        {"\\", "-"},
        {"\\system", "-"},
        {"c:\\x.exe", "-"},
    };
    (void)state;
    assert_paths(cases, sizeof cases / sizeof *cases);
}

static void test_shares(void **state)
{
    static const char *const cases[][2] = {
        {"\\device\\mup\\srv\\pub\\x.exe", "\\\\srv\\pub\\x.exe"},
        {"\\Device\\Mup\\;LanmanRedirector\\;Z:000000000003e7ab\\srv\\pub\\a\\x.exe",
         "\\\\srv\\pub\\a\\x.exe"},
        {"\\device\\lanmanredirector\\;z:000000000003e7ab\\srv\\pub\\x.exe", "\\\\srv\\pub\\x.exe"},
        {"\\device\\lanmanredirector\\srv\\pub\\x.exe", "\\\\srv\\pub\\x.exe"},
        {"\\device\\webdavredirector\\;w:1\\srv@ssl\\davwwwroot\\x.exe",
         "\\\\srv@ssl\\davwwwroot\\x.exe"},
        {"\\device\\vboxminirdr\\;e:\\vboxsvr\\share\\x.exe", "\\\\vboxsvr\\share\\x.exe"},
        {"\\device\\mup\\srv\\pub", "?"},
        {"\\device\\mup\\srv\\pub\\", "?"},
        {"\\device\\mup\\srv", "?"},
        {"\\device\\mup\\\\pub\\x.exe", "?"},
        {"\\device\\mup\\;a\\;b", "?"},
        {"\\device\\mup\\;", "?"},
        {"\\device\\mup\\", "?"},
        {"\\device\\mupp\\srv\\pub\\x.exe", "?"},
    };
    (void)state;
    assert_paths(cases, sizeof cases / sizeof *cases);
}

/* A device inside another one: the nearest counts, whichever was listed first. */
static void test_nearest_device(void **state)
{
    static const char *const inside[] = {"E:", "\\Device\\Vault\\Inner", "F:", "\\Device\\Vault",
                                         NULL};
    struct host h;
    (void)state;
    open_host(&h, inside, NULL);
    volumes_read(&h.paths, 1);
    assert_path(&h, "\\device\\vault\\inner\\x.exe", "E:\\x.exe");
    assert_path(&h, "\\device\\vault\\innermost\\x.exe", "F:\\innermost\\x.exe");
    close_host(&h);
}

/* Of two letters the one that the mount manager knows: a user may give a volume another one. */
static void test_own_letters(void **state)
{
    static const char *const forged[] = {"A:", "\\Device\\HarddiskVolume3",
                                         "C:", "\\Device\\HarddiskVolume3", NULL};
    struct host h;
    (void)state;
    open_host(&h, forged, mounts);
    volumes_read(&h.paths, 1);
    assert_path(&h, "\\device\\harddiskvolume3\\x.exe", "C:\\x.exe");
    h.mounts = NULL;
    volumes_read(&h.paths, 2);
    assert_path(&h, "\\device\\harddiskvolume3\\x.exe", "A:\\x.exe");
    close_host(&h);
}

/* ---- hostile texts -------------------------------------------------------------------------- */

static void test_strange_texts(void **state)
{
    static const uint16_t lone[] = {'\\', 0xD800, '\\', 0xDC00, '\\', 'x'};
    static const uint16_t nul[] = {'\\', 'd', 0, 'v', '\\', 0, 'x', 0, 0};
    struct volume_found f;
    struct host h;
    (void)state;
    open_host(&h, drives, mounts);
    volumes_read(&h.paths, 1);
    size_t units = 1 << 16;
    uint16_t *huge = malloc(units * sizeof *huge);
    for (size_t i = 0; i < units; i++)
        huge[i] = '\\';
    assert_int_equal(volumes_find(&h.paths, huge, units, &f), VOLUME_UNKNOWN);
    (void)widen("\\device\\harddiskvolume3", huge);
    assert_int_equal(volumes_find(&h.paths, huge, units, &f), VOLUME_FOUND);
    assert_int_equal(f.units, 23);
    free(huge);
    assert_int_equal(volumes_find(&h.paths, lone, sizeof lone / 2, &f), VOLUME_UNKNOWN);
    assert_int_equal(volumes_find(&h.paths, nul, sizeof nul / 2, &f), VOLUME_UNKNOWN);
    assert_int_equal(volumes_find(&h.paths, nul, 0, &f), VOLUME_NONE);
    close_host(&h);
}

/* Lists may hold anything, too. */
static void test_strange_lists(void **state)
{
    static char wide[1024], folder[400];
    memset(wide, 'a', sizeof wide - 1);
    memset(folder, 'b', sizeof folder - 1);
    const char *const strange[] = {"",       "\\Device\\HarddiskVolume1",
                                   "\\\\",   "\\Device\\HarddiskVolume1",
                                   "D:",     "",
                                   "E:",     "\\",
                                   "F:",     "HarddiskVolume1",
                                   wide,     "\\Device\\HarddiskVolume1",
                                   folder,   "\\Device\\HarddiskVolume2\\",
                                   "G:\\\\", "\\Device\\HarddiskVolume3",
                                   NULL};
    struct host h;
    (void)state;
    open_host(&h, strange, NULL);
    volumes_read(&h.paths, 1);
    assert_true(h.paths.is_cut); /* names of such a length */
    assert_path(&h, "\\device\\harddiskvolume2\\x", "?");
    assert_path(&h, "\\device\\harddiskvolume1\\x", "?");
    assert_path(&h, "\\device\\harddiskvolume3\\x", "G:\\x");
    close_host(&h);
}

static uint32_t list_nuls(void *ctx, system_found found, void *to)
{
    static const uint16_t nuls[] = {0, 0, '\\'};
    uint16_t device[64];
    size_t n = widen("\\Device\\HarddiskVolume4", device);
    (void)ctx;
    found(to, nuls, 3, device, n);
    found(to, nuls, 1, device, n);
    return 0;
}

/* A place of which nothing is left as text is none. */
static void test_places_of_nuls(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, NULL, NULL);
    h.places.mounts = list_nuls;
    volumes_read(&h.paths, 1);
    assert_path(&h, "\\device\\harddiskvolume4\\x", "?");
    close_host(&h);
}

/* More than there is room for: the first ones are known, and it can be told. */
static void test_many_places(void **state)
{
    enum { MANY = VOLUMES_PLACES + 10 };
    static char names[MANY][2][40];
    static const char *pairs[2 * MANY + 1];
    struct host h;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(names[i][0], sizeof names[i][0], "C:\\m%d\\", i);
        (void)snprintf(names[i][1], sizeof names[i][1], "\\Device\\Vol%d", i);
        pairs[2 * i] = names[i][0];
        pairs[2 * i + 1] = names[i][1];
    }
    open_host(&h, NULL, pairs);
    volumes_read(&h.paths, 1);
    assert_true(h.paths.is_cut);
    assert_path(&h, "\\device\\vol0\\x", "C:\\m0\\x");
    assert_path(&h, "\\device\\vol511\\x", "C:\\m511\\x");
    assert_path(&h, "\\device\\vol512\\x", "?");
    h.mounts = mounts;
    volumes_read(&h.paths, 2);
    assert_false(h.paths.is_cut);
    assert_path(&h, "\\device\\vol0\\x", "?");
    close_host(&h);
}

static void test_long_texts(void **state)
{
    enum { PLACES = 300 };
    static char names[PLACES][300];
    static const char *pairs[2 * PLACES + 1];
    struct host h;
    (void)state;
    for (int i = 0; i < PLACES; i++) {
        memset(names[i], 'a', sizeof names[i] - 1);
        (void)snprintf(names[i], sizeof names[i], "C:\\%0200d", i);
        pairs[2 * i] = names[i];
        pairs[2 * i + 1] = "\\Device\\Vol";
    }
    open_host(&h, NULL, pairs);
    volumes_read(&h.paths, 1); /* the sanitizer looks at the room */
    assert_true(h.paths.is_cut);
    assert_true(h.paths.lists[VOLUMES_MOUNTS]->count > 100);
    close_host(&h);
}

/* ---- when the system is asked --------------------------------------------------------------- */

static void test_due(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, drives, mounts);
    assert_false(volumes_are_due(&h.paths, VOLUME_NONE, 5000));
    assert_true(volumes_are_due(&h.paths, VOLUME_UNKNOWN, 0)); /* at once, the first time */
    volumes_read(&h.paths, 5000);
    assert_false(volumes_are_due(&h.paths, VOLUME_UNKNOWN, 5000 + VOLUMES_PAUSE_MS - 1));
    assert_true(volumes_are_due(&h.paths, VOLUME_UNKNOWN, 5000 + VOLUMES_PAUSE_MS));
    assert_false(volumes_are_due(&h.paths, VOLUME_FOUND, 5000 + VOLUMES_OLD_MS - 1));
    assert_true(volumes_are_due(&h.paths, VOLUME_FOUND, 5000 + VOLUMES_OLD_MS));
    assert_false(volumes_are_due(&h.paths, VOLUME_NONE, UINT64_MAX));
    assert_int_equal(h.drives_calls, 1);
    assert_int_equal(h.mounts_calls, 1);
    close_host(&h);
}

/* A list that cannot be had stays as it was; the other one is new. */
static void test_failures(void **state)
{
    static const char *const later[] = {"D:", "\\Device\\HarddiskVolume3", NULL};
    struct host h;
    (void)state;
    open_host(&h, drives, NULL);
    h.drives_code = 5;
    volumes_read(&h.paths, 1);
    assert_int_equal(h.paths.codes[VOLUMES_DRIVES], 5);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "?");
    h.drives_code = 0;
    volumes_read(&h.paths, 2);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "C:\\x");
    h.drives = later;
    h.drives_code = 5;
    h.mounts = mounts;
    volumes_read(&h.paths, 3);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "C:\\x");
    assert_path(&h, "\\device\\harddiskvolume9\\x", "C:\\data\\x");
    h.drives_code = 0;
    h.mounts_code = 6;
    h.mounts = NULL;
    volumes_read(&h.paths, 4);
    assert_int_equal(h.paths.codes[VOLUMES_MOUNTS], 6);
    assert_path(&h, "\\device\\harddiskvolume9\\x", "C:\\data\\x");
    assert_path(&h, "\\device\\imdisk0\\x", "?"); /* gone */
    close_host(&h);
}

static void test_no_memory(void **state)
{
    struct host h;
    (void)state;
    open_host(&h, drives, mounts);
    h.heap.fail_at = 1;
    volumes_read(&h.paths, 1);
    assert_true(h.paths.out_of_memory);
    assert_int_equal(h.drives_calls, 0);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "?");
    assert_path(&h, "\\device\\mup\\srv\\pub\\x.exe", "\\\\srv\\pub\\x.exe");
    volumes_read(&h.paths, 2);
    assert_false(h.paths.out_of_memory);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "C:\\x");
    uint64_t calls = os_u64_load(&h.heap.calls);
    for (uint64_t i = 3; i < 10; i++)
        volumes_read(&h.paths, i);
    assert_int_equal(os_u64_load(&h.heap.calls), calls); /* reading again takes none */
    close_host(&h);
}

/* A system without such functions, or with half of them. */
static void test_no_functions(void **state)
{
    struct host h;
    struct wfpw_system bare = {0};
    (void)state;
    open_host(&h, drives, mounts);
    h.places.mounts = NULL;
    volumes_read(&h.paths, 1);
    assert_path(&h, "\\device\\harddiskvolume3\\x", "C:\\x");
    volumes_use(&h.paths, &bare);
    assert_false(volumes_are_due(&h.paths, VOLUME_UNKNOWN, UINT64_MAX));
    close_host(&h);
}

/* ---- this host ------------------------------------------------------------------------------ */

struct seen {
    bool c;
    char device[300];
};

static void see(void *to, const uint16_t *place, size_t n, const uint16_t *device, size_t m)
{
    struct seen *s = to;
    if (n < 2 || place[0] != 'C' || place[1] != ':' || n > 3 || m >= sizeof s->device)
        return;
    s->c = true;
    for (size_t i = 0; i < m; i++)
        s->device[i] = (char)device[i];
    s->device[m] = 0;
}

/* The real functions: C: is there, and a path on its device comes back as one on C:. */
static void test_this_host(void **state)
{
    const struct wfpw_system system = {.places = system_host_places()};
    struct seen drive = {0};
    struct host h;
    char path[400];
    (void)state;
    if (system.places == NULL)
        skip();
    assert_int_equal(system.places->drives(NULL, see, &drive), 0);
    assert_true(drive.c);
    open_host(&h, NULL, NULL);
    volumes_use(&h.paths, &system);
    volumes_read(&h.paths, 1);
    assert_int_equal(h.paths.codes[VOLUMES_DRIVES], 0);
    (void)snprintf(path, sizeof path, "%s\\windows\\x.exe", drive.device);
    assert_path(&h, path, "C:\\windows\\x.exe");
    close_host(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),         cmocka_unit_test(test_shares),
        cmocka_unit_test(test_nearest_device), cmocka_unit_test(test_own_letters),
        cmocka_unit_test(test_strange_texts),  cmocka_unit_test(test_strange_lists),
        cmocka_unit_test(test_places_of_nuls), cmocka_unit_test(test_many_places),
        cmocka_unit_test(test_long_texts),     cmocka_unit_test(test_due),
        cmocka_unit_test(test_failures),       cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_no_functions),   cmocka_unit_test(test_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
