/* file_text.c: files of text as they are read: whole, or with the right message. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/text_file.h"

static char directory[64], path[96];

static int
set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/file_text.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/text", directory);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static void
put(const char *bytes, size_t size)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void
reads(const char *from, size_t max, const char *want, size_t size)
{
	struct diags ds = { 0 };
	char *text;
	size_t len;
	assert_true(text_file_read(from, max, &text, &len, &ds));
	assert_int_equal(ds.count, 0);
	assert_int_equal(len, size);
	assert_memory_equal(text, want, size);
	assert_int_equal(text[size], '\0');
	free(text);
}

static void
fails(const char *from, size_t max, const char *want)
{
	struct diags ds = { 0 };
	char *text = (char *)&ds;
	size_t len = 7;
	assert_false(text_file_read(from, max, &text, &len, &ds));
	assert_null(text);
	assert_int_equal(len, 0);
	assert_int_equal(ds.count, 1);
	assert_int_equal(ds.diag[0].code, DIAG_FILE);
	if (!strstr(ds.diag[0].text, want))
		fail_msg("'%s' has no '%s'", ds.diag[0].text, want);
	assert_true(ds.diag[0].hint[0] != '\0');
}

static void
test_regular(void **state)
{
	(void)state;
	static char bytes[10000];
	memset(bytes, 'x', sizeof(bytes));
	static const size_t sizes[] = { 0, 1, 2, 4093, 4094, 4095, 4096, 4097, 8191,
		10000 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		put(bytes, sizes[i]);
		reads(path, TEXT_FILE_MAX, bytes, sizes[i]);
		reads(path, sizes[i], bytes, sizes[i]);
		if (sizes[i] > 0)
			fails(path, sizes[i] - 1, "longer than");
	}
}

static void
test_nul(void **state)
{
	(void)state;
	put("\0", 1);
	fails(path, 10, "byte 0: a NUL byte");
	put("ip\0tcp\0", 7);
	fails(path, 10, "byte 2: a NUL byte");
	put("ip\0", 3);
	fails(path, 3, "byte 2: a NUL byte");
}

static void
test_no_file(void **state)
{
	(void)state;
	fails("/nosuch/file", 10, "/nosuch/file: cannot open: No such file");
	fails("", 10, "cannot open");
	fails(directory, 10, "cannot read: Is a directory");
	char far[300];
	snprintf(far, sizeof(far), "/%0250d/end", 0);
	fails(far, 10, "0/end: cannot open");
}

/* Sizes that nobody told: a pipe in pieces, a file of /proc. */
static void
test_unsized(void **state)
{
	(void)state;
	int ends[2], kept;
	static char bytes[300000];
	memset(bytes, 'y', sizeof(bytes));
	assert_int_equal(pipe(ends), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		bool ok = true;
		for (size_t at = 0; at < sizeof(bytes) && ok; at += 1000)
			ok = write(ends[1], bytes + at, 1000) == 1000;
		_exit(!ok);
	}
	close(ends[1]);
	assert_true((kept = dup(0)) >= 0);
	assert_int_equal(dup2(ends[0], 0), 0);
	close(ends[0]);
	reads("-", TEXT_FILE_MAX, bytes, sizeof(bytes));
	reads("-", 0, "", 0); /* it stays open */
	dup2(kept, 0);
	close(kept);
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	struct diags ds = { 0 };
	char *text;
	size_t len;
	if (access("/proc/self/status", R_OK) == 0) {
		assert_true(
			text_file_read("/proc/self/status", 1 << 20, &text, &len, &ds));
		assert_non_null(strstr(text, "Pid:"));
		free(text);
	}
	fails("/dev/zero", 100000, "longer than 100000 bytes");
	reads("/dev/null", 10, "", 0);
}

static void
on_alarm(int signal)
{
	(void)signal;
}

/* A pipe that nobody writes to is no reason not to end. */
static void
test_signal(void **state)
{
	(void)state;
	struct sigaction act = { .sa_handler = on_alarm }, old;
	int ends[2];
	sigaction(SIGALRM, &act, &old);
	assert_int_equal(pipe(ends), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	const struct timespec soon = { .tv_nsec = 50000000 };
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	const struct itimerspec spec = { .it_value = soon, .it_interval = soon };
	timer_settime(timer, 0, &spec, NULL);
	fails(path, 10, "byte 0: cannot read: Interrupted");
	timer_delete(timer);
	close(ends[0]);
	close(ends[1]);
	sigaction(SIGALRM, &old, NULL);
	snprintf(path, sizeof(path), "%s/text", directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regular),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_unsized),
		cmocka_unit_test(test_signal),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
