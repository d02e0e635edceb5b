/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

#include "workloads/mix_forms.h"

#define NAME    "mix-file"
#define LINK    "mix-link"
#define MISSING "mix-missing"

void mix_things_release(struct mix_things *things)
{
	const int fds[] = {
		things->file,     things->zero,   things->sink,  things->dir,
		things->listener, things->left,   things->right, things->epoll,
		things->event,    things->memory, things->spare,
	};

	wl_close_all(fds, SG_COUNT(fds));
	free(things);
}

static int make_files(const struct wl_env *env, struct mix_things *t, struct sg_err *err)
{
	int ret = wl_file_create(env, NAME, MIX_FILE_BLOCKS * WL_BLOCK, 0, &t->file, err);

	if (ret)
		return ret;
	if (symlink(NAME, t->link_path) && errno != EEXIST)
		return wl_fail(err, t->link_path);
	t->dir = open(env->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0)
		return wl_fail(err, env->dir);
	t->zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (t->zero < 0)
		return wl_fail(err, "/dev/zero");
	t->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	t->spare = fcntl(t->sink, F_DUPFD_CLOEXEC, 0);
	if (t->spare < 0)
		return wl_fail(err, "/dev/null");
	t->memory = memfd_create(NAME, MFD_CLOEXEC);
	return t->memory < 0 ? wl_fail(err, "memfd_create") : 0;
}

static int make_sockets(struct mix_things *t, struct sg_err *err)
{
	const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
	const struct sockaddr_un any = {.sun_family = AF_UNIX}; /* bind finds a free name */
	int pair[2];

	if (socketpair(AF_UNIX, type, 0, pair))
		return wl_fail(err, "socketpair");
	t->left = pair[0];
	t->right = pair[1];
	t->listener = socket(AF_UNIX, type, 0);
	if (t->listener < 0 ||
	    bind(t->listener, (const struct sockaddr *)&any, sizeof(any.sun_family)) ||
	    listen(t->listener, 1))
		return wl_fail(err, "a listening local socket");
	return 0;
}

static int make_events(struct mix_things *t, struct sg_err *err)
{
	t->event = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->watch.events = EPOLLIN;
	t->poll = (struct pollfd){.fd = t->event, .events = POLLIN};
	if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->event, &t->watch))
		return wl_fail(err, "an epoll of an eventfd");
	return 0;
}

static int make_names(const struct wl_env *env, struct mix_things *t, struct sg_err *err)
{
	const struct {
		const char *name;
		char *alone, *whole;
	} names[] = {
		{NAME, t->name, t->file_path},
		{LINK, t->link, t->link_path},
		{MISSING, t->missing, t->missing_path},
	};

	for (size_t i = 0; i < SG_COUNT(names); i++) {
		snprintf(names[i].alone, sizeof(t->name), "%s", names[i].name);
		if (snprintf(names[i].whole, PATH_MAX, "%s/%s", env->dir, names[i].name) >=
		    PATH_MAX)
			return sg_err_env(err, ENAMETOOLONG, "%s: too long", env->dir);
	}
	snprintf(t->dir_path, PATH_MAX, "%s", env->dir);
	return 0;
}

static void make_memory(struct mix_things *t)
{
	t->len = sizeof(t->buf);
	t->iov = (struct iovec){.iov_base = t->buf, .iov_len = MIX_BYTES};
	t->message_iov = (struct iovec){.iov_base = t->buf, .iov_len = MIX_MESSAGE};
	t->message = (struct msghdr){.msg_iov = &t->message_iov, .msg_iovlen = 1};
	t->pid = getpid();
	t->tid = gettid();
}

int mix_things_make(const struct wl_env *env, struct mix_things **ret_things, struct sg_err *err)
{
	struct mix_things *t = aligned_alloc(_Alignof(struct mix_things), sizeof(*t));

	if (!t)
		return wl_fail(err, "memory for the mix");
	memset(t, 0, sizeof(*t));
	t->file = t->zero = t->sink = t->dir = t->listener = t->left = t->right = -1;
	t->epoll = t->event = t->memory = t->spare = -1;

	make_memory(t);
	int ret = make_names(env, t, err);
	if (!ret)
		ret = make_files(env, t, err);
	if (!ret)
		ret = make_sockets(t, err);
	if (!ret)
		ret = make_events(t, err);
	if (ret) {
		mix_things_release(t);
		return ret;
	}
	*ret_things = t;
	return 0;
}
