// The fuzz driver: one executable for all targets, which would otherwise differ in a single number. Linked with libFuzzer it fuzzes the
// target it is named after (fuzz-T12); linked without, `main` below replays files. Both know `list`. The properties are in ../Properties.

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t wirecheck_fuzz_index(const char *id);
void wirecheck_fuzz_check(int32_t target, const uint8_t *octets, ptrdiff_t count);
bool wirecheck_fuzz_replay(int32_t target, const uint8_t *octets, ptrdiff_t count, const char *path);
void wirecheck_fuzz_list(void);

static int32_t target = -1;

static void list_and_exit(int argc, char **argv) {
  if (argc != 2 || strcmp(argv[1], "list") != 0) return;
  wirecheck_fuzz_list();
  exit(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  list_and_exit(*argc, *argv);
  const char *slash = strrchr((*argv)[0], '/');
  const char *name = slash ? slash + 1 : (*argv)[0];
  if (strncmp(name, "fuzz-", 5) == 0) target = wirecheck_fuzz_index(name + 5);
  if (target < 0) {
    fprintf(stderr, "fuzz: %s is not named after a target, as in fuzz-T12\n", name);
    exit(2);
  }
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t count) {
  wirecheck_fuzz_check(target, octets, (ptrdiff_t)count);
  return 0;
}

// Replay.

static const char *current = "";
static unsigned long replayed, found;

// A trap in the code under test: the name of the file is what matters then.
static void on_trap(int signal_number) {
  (void)signal_number;
  static const char words[] = ": TRAP in the code under test\n";
  if (write(STDERR_FILENO, current, strlen(current)) < 0 || write(STDERR_FILENO, words, sizeof words - 1) < 0) _exit(6);
  _exit(4);
}

static void replay(const char *path);

static void replay_folder(const char *path) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, alphasort);
  for (int i = 0; i < count; i++) {
    if (entries[i]->d_name[0] != '.') {
      size_t length = strlen(path) + strlen(entries[i]->d_name) + 2;
      char *inner = malloc(length);
      if (!inner) exit(6);
      snprintf(inner, length, "%s/%s", path, entries[i]->d_name);
      replay(inner);
      free(inner);
    }
    free(entries[i]);
  }
  if (count >= 0) free(entries);
}

static void replay(const char *path) {
  struct stat info;
  if (stat(path, &info) != 0) {
    perror(path);
    exit(2);
  }
  if (S_ISDIR(info.st_mode)) {
    replay_folder(path);
    return;
  }
  FILE *file = fopen(path, "rb");
  uint8_t *octets = malloc((size_t)info.st_size + 1);
  if (!file || !octets) {
    perror(path);
    exit(2);
  }
  size_t count = fread(octets, 1, (size_t)info.st_size, file);
  fclose(file);
  current = path;
  replayed++;
  if (wirecheck_fuzz_replay(target, octets, (ptrdiff_t)count, path)) found++;
  free(octets);
}

__attribute__((weak)) int main(int argc, char **argv) {
  list_and_exit(argc, argv);
  if (argc < 3 || (target = wirecheck_fuzz_index(argv[1])) < 0) {
    fprintf(stderr, "usage: wirecheck-fuzz list | wirecheck-fuzz TARGET FILE_OR_FOLDER...\n");
    return 2;
  }
  int traps[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
  for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) signal(traps[i], on_trap);
  for (int i = 2; i < argc; i++) replay(argv[i]);
  printf("%s: %lu replayed, %lu findings\n", argv[1], replayed, found);
  return found ? 4 : 0;
}
