/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The directory of leases: whatever somebody else could have put there, or could change, is refused
 * in words, and nothing is written. */
#define _GNU_SOURCE
#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/host_store.h"
#include "process.h"
#include "wfpwatch/wfpwatch.h"

enum { PATH_BYTES = 400, NOBODY = 65534 };

struct place {
    char folder[PATH_BYTES - 100], leases[PATH_BYTES], document[PATH_BYTES + 16];
};

static int setup(void **state)
{
    static struct place p;
    (void)umask(0);
    if (!place_make_folder(p.folder, sizeof p.folder))
        return 1;
    place_of_leases(p.folder, p.leases, sizeof p.leases);
    (void)snprintf(p.document, sizeof p.document, "%s/leases", p.leases);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    place_remove(p->folder, p->leases);
    return 0;
}

static int open_place(const char *path, bool create, struct store_failure *f)
{
    struct store_handle h;
    *f = (struct store_failure){0};
    int status = host_store()->open(NULL, path, create, &h, f);
    if (status == WFPW_OK)
        host_store()->close(NULL, &h);
    return status;
}

static void assert_refused(const char *path, const char *why)
{
    struct store_failure f;
    assert_int_equal(open_place(path, true, &f), WFPW_E_LEASE);
    assert_non_null(f.what);
    if (strstr(f.what, why) == NULL)
        fail_msg("'%s' is refused for '%s', not for '%s'", path, f.what, why);
    assert_int_equal(open_place(path, false, &f), WFPW_E_LEASE);
}

static void assert_fine(const struct place *p)
{
    struct store_failure f;
    assert_int_equal(open_place(p->leases, true, &f), WFPW_OK);
}

static uint32_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_what_is_made(void **state)
{
    const struct place *p = *state;
    char lock[PATH_BYTES + 16];
    struct store_failure f = {0};
    struct store_handle h;
    assert_int_equal(open_place(p->leases, false, &f), WFPW_OK);
    assert_int_equal(access(p->leases, F_OK), -1); /* looking makes nothing */
    assert_int_equal(host_store()->open(NULL, p->leases, true, &h, &f), WFPW_OK);
    assert_int_equal(host_store()->lock(NULL, &h, 0, &f), WFPW_OK);
    assert_int_equal(host_store()->write(NULL, &h, "x", 1, &f), WFPW_OK);
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
    (void)snprintf(lock, sizeof lock, "%s/lock", p->leases);
    assert_int_equal(mode_of(p->leases), 0700);
    assert_int_equal(mode_of(p->document), 0600);
    assert_int_equal(mode_of(lock), 0600);
}

static void test_volumes(void **state)
{
    const struct place *p = *state;
    char path[PATH_BYTES + 64], name[300];
    struct store_failure f;
    assert_int_equal(open_place(NULL, true, &f), WFPW_E_NOTSUP);
    assert_int_equal(open_place("", true, &f), WFPW_E_NOTSUP);
    assert_refused("relative/place", "root");
    assert_refused("/", "name");
    (void)snprintf(path, sizeof path, "%s/../x", p->folder);
    assert_refused(path, "..");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    (void)snprintf(path, sizeof path, "/%s", name);
    assert_refused(path, "too long");
    (void)snprintf(path, sizeof path, "%s/none/state", p->folder); /* the parent is not made */
    assert_int_equal(open_place(path, true, &f), WFPW_E_IO);
    assert_int_equal(f.code, ENOENT);
    assert_fine(p);
    (void)snprintf(path, sizeof path, "%s//", p->leases);
    assert_int_equal(open_place(path, true, &f), WFPW_OK);
}

static void test_open_to_others(void **state)
{
    const struct place *p = *state;
    assert_fine(p);
    for (mode_t mode = 01; mode <= 040; mode <<= 1) {
        assert_int_equal(chmod(p->leases, 0700 | mode), 0);
        assert_refused(p->leases, "open to other users");
    }
    assert_int_equal(chmod(p->leases, 0700), 0);
    assert_int_equal(chmod(p->folder, 0722), 0);
    assert_refused(p->leases, "writable by others");
    assert_int_equal(chmod(p->folder, 01722), 0); /* as /tmp is */
    assert_fine(p);
    assert_int_equal(chmod(p->folder, 0700), 0);
    assert_fine(p);
}

static void test_links(void **state)
{
    const struct place *p = *state;
    char path[PATH_BYTES + 16], inside[PATH_BYTES + 32];
    assert_fine(p);
    (void)snprintf(path, sizeof path, "%s/link", p->folder);
    assert_int_equal(symlink(p->leases, path), 0);
    assert_refused(path, "link");
    (void)snprintf(inside, sizeof inside, "%s/state", path);
    assert_refused(inside, "link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_refused(path, "link");
    assert_int_equal(unlink(path), 0);
}

static void assert_document(const struct place *p, int status, const char *why)
{
    struct store_handle h;
    struct store_failure f = {0};
    char room[8];
    size_t n;
    assert_int_equal(host_store()->open(NULL, p->leases, true, &h, &f), WFPW_OK);
    assert_int_equal(host_store()->read(NULL, &h, room, sizeof room, &n, &f), status);
    if (status != WFPW_OK)
        assert_non_null(strstr(f.what, why));
    host_store()->close(NULL, &h);
}

/* The document itself: a link, a pipe, a folder, another name of something else. */
static void test_documents(void **state)
{
    const struct place *p = *state;
    char other[PATH_BYTES];
    (void)snprintf(other, sizeof other, "%s/other", p->folder);
    assert_fine(p);
    assert_int_equal(close(open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    (void)unlink(p->document);
    assert_document(p, WFPW_OK, "");
    assert_int_equal(symlink(other, p->document), 0);
    assert_document(p, WFPW_E_LEASE, "link");
    assert_int_equal(unlink(p->document), 0);
    assert_int_equal(link(other, p->document), 0);
    assert_document(p, WFPW_E_LEASE, "second name");
    assert_int_equal(unlink(p->document), 0);
    assert_int_equal(mkfifo(p->document, 0600), 0);
    assert_document(p, WFPW_E_LEASE, "no plain file");
    assert_int_equal(unlink(p->document), 0);
    assert_int_equal(mkdir(p->document, 0700), 0);
    assert_document(p, WFPW_E_LEASE, "no plain file");
    assert_int_equal(rmdir(p->document), 0);
    assert_int_equal(close(open(p->document, O_CREAT | O_WRONLY | O_CLOEXEC, 0640)), 0);
    assert_document(p, WFPW_E_LEASE, "open to other users");
    assert_int_equal(unlink(p->document), 0);
}

/* What would be written over is looked at as well: a link that waits for the fresh document. */
static void test_fresh_document(void **state)
{
    const struct place *p = *state;
    char other[PATH_BYTES], fresh[PATH_BYTES + 32];
    struct stat st;
    struct store_handle h;
    struct store_failure f = {0};
    (void)snprintf(other, sizeof other, "%s/victim", p->folder);
    (void)snprintf(fresh, sizeof fresh, "%s.new", p->document);
    assert_fine(p);
    assert_int_equal(close(open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    assert_int_equal(symlink(other, fresh), 0);
    assert_int_equal(host_store()->open(NULL, p->leases, true, &h, &f), WFPW_OK);
    assert_int_equal(host_store()->lock(NULL, &h, 0, &f), WFPW_OK);
    assert_int_equal(host_store()->write(NULL, &h, "x", 1, &f), WFPW_OK);
    host_store()->unlock(NULL, &h);
    host_store()->close(NULL, &h);
    assert_int_equal(stat(other, &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_int_equal(lstat(p->document, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(unlink(p->document), 0);
}

static void test_other_users(void **state)
{
    const struct place *p = *state;
    if (geteuid() != 0)
        skip(); /* only root can give things away */
    assert_fine(p);
    assert_int_equal(chown(p->leases, NOBODY, NOBODY), 0);
    assert_refused(p->leases, "another user");
    assert_int_equal(chown(p->leases, 0, 0), 0);
    assert_int_equal(chown(p->folder, NOBODY, NOBODY), 0);
    assert_refused(p->leases, "another user");
    assert_int_equal(chown(p->folder, 0, 0), 0);
    assert_int_equal(close(open(p->document, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    assert_int_equal(chown(p->document, NOBODY, NOBODY), 0);
    assert_document(p, WFPW_E_LEASE, "another user");
    assert_int_equal(unlink(p->document), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_made),   cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_open_to_others), cmocka_unit_test(test_links),
        cmocka_unit_test(test_documents),      cmocka_unit_test(test_fresh_document),
        cmocka_unit_test(test_other_users),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
