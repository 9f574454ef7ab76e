/* The smallest filter in C: a page on standard input, the page without its ads on standard output, the log on stderr. */

#include "adsieve.h"
#include <stdio.h>

static void put(const uint8_t *bytes, size_t length, void *user) {
  fwrite(bytes, 1, length, (FILE *)user);
}

static int fail(const char *what, char *error) {
  fprintf(stderr, "%s: %s\n", what, error ? error : "no reason given");
  adsieve_string_free(error);
  return 1;
}

int main(int argc, char **argv) {
  char *error = NULL;
  AdsieveEngine *engine = adsieve_engine_new(NULL, &error);
  if (!engine) return fail("engine", error);

  AdsieveRewriteOptions options = {.page_url = argc > 1 ? argv[1] : NULL};
  AdsieveRewriter *rewriter = adsieve_rewriter_new(engine, &options, put, stdout, &error);
  if (!rewriter) return fail("rewriter", error);

  /* Bytes may be cut anywhere; pieces this small show it. */
  uint8_t piece[7];
  for (size_t length; (length = fread(piece, 1, sizeof piece, stdin)) > 0;) {
    if (!adsieve_rewriter_push(rewriter, piece, length, &error)) return fail("push", error);
  }
  char *log = adsieve_rewriter_finish(rewriter, &error);
  if (!log) return fail("finish", error);
  fprintf(stderr, "%s\n", log);

  adsieve_string_free(log);
  adsieve_engine_free(engine);
  return 0;
}
