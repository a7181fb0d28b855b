/* emit_kernel.c: a filter in; what the kernel makes of its program out: the instructions
 * that it runs, or the machine's. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emit_object.h"
#include "privilege.h"

struct kernel {
	struct bpf_object *object;
	int fd; /* of the program; the object's */
	char *log;
};

#define LOG_SIZE (1U << 20) /* bytes */
#define FUNCTIONS_MAX 16    /* ours are two */

static int
silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static bool
refuse(const struct emit *e, int err, const char *why, struct diags *ds)
{
	const bool rights = err == EPERM || err == EACCES;
	const bool able = privilege_has(PRIVILEGE_BPF);
	diags_add(ds, rights && !able ? DIAG_PERMISSION : DIAG_KERNEL, SEV_ERROR,
		"%s: loading the program: %s%s%.99s", e->object->name, strerror(err),
		*why != '\0' ? ": " : "", why)
		->err = err;
	diags_hint(ds, "%s",
		rights && !able ? "it takes CAP_BPF, and CAP_NET_ADMIN for tc and xdp: "
				  "run as root"
				: "--emit elf gives the program, to be loaded elsewhere");
	return false;
}

/* The last line of the verifier's log before its statistics. */
static const char *
last_words(char *log)
{
	char *end = strstr(log, "\nprocessed ");
	if (end != NULL)
		*end = '\0';
	size_t len = strlen(log);
	while (len > 0 && log[len - 1] == '\n')
		log[--len] = '\0';
	const char *line = strrchr(log, '\n');
	return line != NULL ? line + 1 : log;
}

static bool
load(const struct emit *e, char *bytes, size_t size, struct kernel *k, struct diags *ds)
{
	libbpf_set_print(silent);
	k->log = calloc(1, LOG_SIZE);
	if (k->log == NULL)
		abort(); /* no memory: nothing useful is left to do */
	const struct bpf_object_open_opts opts = { .sz = sizeof(opts),
		.object_name = "bpfcap",
		.kernel_log_buf = k->log,
		.kernel_log_size = LOG_SIZE };
	k->object = bpf_object__open_mem(bytes, size, &opts);
	if (k->object == NULL)
		return refuse(e, errno, "opening it", ds);
	const int err = bpf_object__load(k->object);
	if (err != 0)
		return refuse(e, -err, last_words(k->log), ds);
	const struct bpf_program *prog = bpf_object__next_program(k->object, NULL);
	k->fd = prog != NULL ? bpf_program__fd(prog) : -1;
	return k->fd >= 0 || refuse(e, ENOENT, "no program in it", ds);
}

static bool
unknown(const struct emit *e, int err, struct diags *ds)
{
	diags_add(ds, DIAG_KERNEL, SEV_ERROR, "%s: the kernel does not tell: %s",
		e->object->name, strerror(err))
		->err = err;
	diags_hint(ds, "it wants CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON; and for "
		       "jited a JIT (net.core.bpf_jit_enable)");
	return false;
}

/* Memory for what bpf_prog_get_info_by_fd() tells; sizes come by a first call. */
static void *
room(size_t size)
{
	void *p = calloc(1, size + 1);
	if (p == NULL)
		abort(); /* as above */
	return p;
}

static bool
tell_xlated(const struct emit *e, int fd, FILE *to, struct diags *ds)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &len) != 0)
		return unknown(e, errno, ds);
	const __u32 size = info.xlated_prog_len;
	struct bpf_insn *insns = room(size);
	info = (struct bpf_prog_info){ .xlated_prog_len = size,
		.xlated_prog_insns = (__u64)(uintptr_t)insns };
	len = sizeof(info);
	bool ok = bpf_obj_get_info_by_fd(fd, &info, &len) == 0;
	int err = errno;
	if (ok && (size == 0 || info.xlated_prog_insns == 0)) {
		ok = false;
		err = EPERM;
	}
	if (ok)
		filter_ebpf_print(insns, info.xlated_prog_len / sizeof(*insns), to);
	free(insns);
	return ok || unknown(e, err, ds);
}

/* --- machine code ------------------------------------------------------------------ */

/* What objdump calls machines that uname() names; "": it may be another. */
static const char *
machine(const char *name)
{
	static const struct {
		const char *name, *objdump;
	} machines[] = { { "x86_64", "i386:x86-64" }, { "aarch64", "aarch64" },
		{ "riscv64", "riscv:rv64" } };
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(machines[i].name, name) == 0)
			return machines[i].objdump;
	return "";
}

static void
print_hex(const uint8_t *code, size_t size, FILE *to)
{
	for (size_t i = 0; i < size; i++)
		fprintf(to, "%s%02x%s", i % 16 == 0 ? "\t" : " ", code[i],
			i % 16 == 15 || i + 1 == size ? "\n" : "");
}

/* The child's part: objdump of the file, its output into the pipe. */
static void
run_objdump(const char *path, const char *arch, int out)
{
	if (dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	if (freopen("/dev/null", "w", stderr) == NULL)
		_exit(127);
	execlp("objdump", "objdump", "-D", "-b", "binary", "-m", arch,
		"--no-show-raw-insn", path, (char *)NULL);
	_exit(127);
}

/* The instructions' lines: "   0:	push   %rbp". */
static void
copy_lines(FILE *from, FILE *to)
{
	char line[512];
	while (fgets(line, sizeof(line), from) != NULL) {
		const char *digits = line + strspn(line, " ");
		const size_t n = strspn(digits, "0123456789abcdef");
		if (n > 0 && digits[n] == ':' && digits[n + 1] == '\t')
			fputs(line, to);
	}
}

static bool
disassemble_file(const char *path, const char *arch, FILE *to)
{
	int ends[2];
	if (pipe(ends) != 0)
		return false;
	const pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		run_objdump(path, arch, ends[1]);
	}
	close(ends[1]);
	FILE *from = child > 0 ? fdopen(ends[0], "r") : NULL;
	if (from == NULL) {
		close(ends[0]);
		return false;
	}
	copy_lines(from, to);
	fclose(from);
	int status = 0;
	pid_t ended = -1;
	do
		ended = waitpid(child, &status, 0);
	while (ended < 0 && errno == EINTR);
	return ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Through a file, since objdump wants one. */
static bool
disassemble(const uint8_t *code, size_t size, FILE *to)
{
	char path[] = "/tmp/bpfcap-jited-XXXXXX";
	struct utsname name;
	const char *arch = uname(&name) == 0 ? machine(name.machine) : "";
	if (*arch == '\0')
		return false;
	const int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = write(fd, code, size) == (ssize_t)size;
	ok = close(fd) == 0 && ok && disassemble_file(path, arch, to);
	unlink(path);
	return ok;
}

static void
print_function(const uint8_t *code, size_t size, const char *name, FILE *to)
{
	fprintf(to, "%s: %zu bytes\n", name, size);
	if (disassemble(code, size, to))
		return;
	fprintf(to, "# not disassembled: objdump (Debian package binutils) is missing\n");
	print_hex(code, size, to);
}

static bool
tell_jited(const struct emit *e, int fd, FILE *to, struct diags *ds)
{
	static const char *const names[] = { OBJECT_MAIN, OBJECT_MATCH };
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info), lens[FUNCTIONS_MAX] = { 0 };
	if (bpf_obj_get_info_by_fd(fd, &info, &len) != 0)
		return unknown(e, errno, ds);
	const __u32 size = info.jited_prog_len;
	uint8_t *code = room(size);
	info = (struct bpf_prog_info){ .jited_prog_len = size,
		.jited_prog_insns = (__u64)(uintptr_t)code,
		.nr_jited_func_lens = FUNCTIONS_MAX,
		.jited_func_lens = (__u64)(uintptr_t)lens };
	len = sizeof(info);
	bool ok = bpf_obj_get_info_by_fd(fd, &info, &len) == 0;
	int err = errno;
	if (ok && (size == 0 || info.jited_prog_insns == 0)) {
		ok = false;
		err = size == 0 ? ENOTSUP : EPERM;
	}
	size_t at = 0;
	for (__u32 i = 0; ok && i < info.nr_jited_func_lens && i < FUNCTIONS_MAX; i++) {
		if (lens[i] > size - at)
			break;
		print_function(code + at, lens[i], i < 2 ? names[i] : "function", to);
		at += lens[i];
	}
	free(code);
	return ok || unknown(e, err, ds);
}

static bool
with_loaded(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds,
	bool (*tell)(const struct emit *, int fd, FILE *, struct diags *))
{
	struct kernel k = { .fd = -1 };
	char *bytes = NULL;
	size_t size = 0;
	FILE *elf = open_memstream(&bytes, &size);
	if (elf == NULL)
		abort(); /* as above */
	bool ok = emit_elf(e, f, elf, ds);
	if (fclose(elf) != 0)
		abort(); /* as above */
	ok = ok && load(e, bytes, size, &k, ds) && tell(e, k.fd, to, ds);
	bpf_object__close(k.object);
	free(k.log);
	free(bytes);
	return ok;
}

bool
emit_xlated(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	return with_loaded(e, f, to, ds, tell_xlated);
}

bool
emit_jited(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	return with_loaded(e, f, to, ds, tell_jited);
}
