/* adsieve: verdicts on requests and scripts, rewriting, page scans. Written by cbindgen; see bindings/c/README.md. */

#ifndef ADSIEVE_H
#define ADSIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What becomes of a request or script.
 */
typedef enum {
  /**
   * It may go out, or run.
   */
  ADSIEVE_ACTION_ALLOW = 0,
  /**
   * Parts of a script are cut; never of a request.
   */
  ADSIEVE_ACTION_NEUTRALISE = 1,
  /**
   * It may not go out; of a script nothing is left that does anything.
   */
  ADSIEVE_ACTION_BLOCK = 2,
} AdsieveAction;

/**
 * Rules, lists and policy, compiled. May be used by many threads at a time.
 */
typedef struct AdsieveEngine AdsieveEngine;

/**
 * The rewriter of one page. May be handed from thread to thread; one at a time uses it.
 */
typedef struct AdsieveRewriter AdsieveRewriter;

/**
 * The verdict on one script. What it hands out lives as long as it does.
 */
typedef struct AdsieveScriptVerdict AdsieveScriptVerdict;

/**
 * Rules, lists and policy for an engine.
 */
typedef struct AdsieveSettings AdsieveSettings;

/**
 * The verdict on one request. Texts that it hands out live as long as it does.
 */
typedef struct AdsieveVerdict AdsieveVerdict;

/**
 * What to look at beside scripts, requests and ad containers, and what is known of the page.
 */
typedef struct {
  /**
   * The page's own URL, or null.
   */
  const char *page_url;
  /**
   * The value of its `Content-Security-Policy` header, or null. Several values are joined by commas.
   */
  const char *policy;
  /**
   * Look at `on…` attributes and `javascript:` URLs too.
   */
  bool handlers;
  /**
   * Cut ad code that has leaked into visible text.
   */
  bool leaked_text;
} AdsieveRewriteOptions;

/**
 * Takes bytes of the rewritten page: as many as `length` says, valid until it returns. It must not unwind.
 */
typedef void (*AdsieveSink)(const uint8_t *bytes, size_t length, void *user);

/**
 * A part of a script that goes.
 */
typedef struct {
  /**
   * Where it begins, in bytes of the script.
   */
  size_t start;
  /**
   * Where it ends: the first byte that stays.
   */
  size_t end;
  /**
   * What takes its place: `;`, `[]`, or nothing.
   */
  const char *replacement;
  /**
   * What it was found by, and the word of the policy.
   */
  const char *why;
} AdsieveCut;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library, as `0.1.0`. Never freed.
 */
const char *adsieve_version(void);

/**
 * Makes an engine; null settings stand for the built-in ones. Free it with `adsieve_engine_free`.
 *
 * Gives null and a text in `*error` if rules have mistakes.
 *
 * # Safety
 *
 * Pointers are null or valid.
 */
AdsieveEngine *adsieve_engine_new(const AdsieveSettings *settings, char **error);

/**
 * Frees an engine that no thread uses any more. Null is no harm.
 *
 * # Safety
 *
 * `engine` is null or comes from `adsieve_engine_new` and was not freed before.
 */
void adsieve_engine_free(AdsieveEngine *engine);

/**
 * Puts the lists of the settings in the place of the engine's, while other threads ask it.
 *
 * # Safety
 *
 * Pointers are null or valid.
 */
bool adsieve_engine_set_lists(const AdsieveEngine *engine,
                              const AdsieveSettings *settings,
                              char **error);

/**
 * Scans a page and gives its report (`adsieve.page/1`) as JSON. Free the text with `adsieve_string_free`.
 *
 * `url` is the page's own and may be null.
 *
 * # Safety
 *
 * Pointers are null or valid; `bytes` has `length` bytes, `url` ends in a zero.
 */
char *adsieve_scan_page(const AdsieveEngine *engine,
                        const uint8_t *bytes,
                        size_t length,
                        const char *url,
                        char **error);

/**
 * A rewriter for one page. End it with `adsieve_rewriter_finish`, or give it up with `adsieve_rewriter_free`.
 *
 * `options` may be null. `sink` is called with `user` from within `adsieve_rewriter_push` and
 * `adsieve_rewriter_finish`. The engine must outlive the rewriter. Gives null and a text in `*error` if an argument
 * makes no sense.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero; `user` is what `sink` takes.
 */
AdsieveRewriter *adsieve_rewriter_new(const AdsieveEngine *engine,
                                      const AdsieveRewriteOptions *options,
                                      AdsieveSink sink,
                                      void *user,
                                      char **error);

/**
 * Takes the next bytes of the page; cut them where you like. What is decided goes to the sink.
 *
 * # Safety
 *
 * Pointers are null or valid; `bytes` has `length` bytes.
 */
bool adsieve_rewriter_push(AdsieveRewriter *rewriter,
                           const uint8_t *bytes,
                           size_t length,
                           char **error);

/**
 * Ends the page: hands what is left to the sink, frees the rewriter, and gives the log as JSON:
 * `{"changes": [{"kind", "start", "end", "why"}], "diagnostics": [{"code", "message"}]}`.
 *
 * Free the text with `adsieve_string_free`. Gives null and a text in `*error` for null.
 *
 * # Safety
 *
 * `rewriter` is null or comes from `adsieve_rewriter_new` and was not freed before; `error` is null or valid.
 */
char *adsieve_rewriter_finish(AdsieveRewriter *rewriter,
                              char **error);

/**
 * Gives a rewriter up: what it holds is gone. Null is no harm.
 *
 * # Safety
 *
 * `rewriter` is null or comes from `adsieve_rewriter_new` and was not freed before.
 */
void adsieve_rewriter_free(AdsieveRewriter *rewriter);

/**
 * Judges an inline script of a page; free the verdict with `adsieve_script_verdict_free`.
 *
 * `code` is UTF-8; `page_url` is the page's own and may be null. Gives null and a text in `*error` if an argument makes
 * no sense. Deep code needs a deep stack: give threads that judge strangers' scripts 64 MiB.
 *
 * # Safety
 *
 * Pointers are null or valid; `code` has `length` bytes, `page_url` ends in a zero.
 */
AdsieveScriptVerdict *adsieve_check_script(const AdsieveEngine *engine,
                                           const uint8_t *code,
                                           size_t length,
                                           const char *page_url,
                                           char **error);

/**
 * Frees a verdict with all that it has handed out. Null is no harm.
 *
 * # Safety
 *
 * `verdict` is null or comes from `adsieve_check_script` and was not freed before.
 */
void adsieve_script_verdict_free(AdsieveScriptVerdict *verdict);

/**
 * What to do; allow for null.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
AdsieveAction adsieve_script_verdict_action(const AdsieveScriptVerdict *verdict);

/**
 * The script without what is cut, in UTF-8, and how many bytes it has in `*length`; no zero ends it. Null for null.
 *
 * # Safety
 *
 * `verdict` is null or valid; `length` is null or may be written to.
 */
const uint8_t *adsieve_script_verdict_code(const AdsieveScriptVerdict *verdict,
                                           size_t *length);

/**
 * What is cut, in order, and how many parts in `*count`; null if nothing is.
 *
 * # Safety
 *
 * `verdict` is null or valid; `count` is null or may be written to.
 */
const AdsieveCut *adsieve_script_verdict_cuts(const AdsieveScriptVerdict *verdict, size_t *count);

/**
 * Why all of it passes though some of it might have been cut: syntax errors, a budget that ran out; else null.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
const char *adsieve_script_verdict_remark(const AdsieveScriptVerdict *verdict);

/**
 * Settings with the built-in rules and policy, and no lists. Free them with `adsieve_settings_free`.
 */
AdsieveSettings *adsieve_settings_new(void);

/**
 * Frees settings. Engines made from them stay. Null is no harm.
 *
 * # Safety
 *
 * `settings` is null or comes from `adsieve_settings_new` and was not freed before.
 */
void adsieve_settings_free(AdsieveSettings *settings);

/**
 * Adds the rule files of a folder, or one file. They are read when the engine is made.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero.
 */
bool adsieve_settings_add_rules(AdsieveSettings *settings, const char *path, char **error);

/**
 * Adds a filter list from a file, in Adblock Plus, uBlock or hosts syntax. A list that is trusted may redirect.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero.
 */
bool adsieve_settings_add_list(AdsieveSettings *settings,
                               const char *path,
                               bool is_trusted,
                               char **error);

/**
 * Adds a filter list by its text. `name` is what verdicts call it.
 *
 * # Safety
 *
 * Pointers are null or valid; `name` ends in a zero, `text` has `length` bytes.
 */
bool adsieve_settings_add_list_text(AdsieveSettings *settings,
                                    const char *name,
                                    const uint8_t *text,
                                    size_t length,
                                    bool is_trusted,
                                    char **error);

/**
 * Puts a policy of your own on top of the one so far. `name` is what verdicts call it.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero.
 */
bool adsieve_settings_add_policy_text(AdsieveSettings *settings,
                                      const char *name,
                                      const char *text,
                                      char **error);

/**
 * Keeps compiled lists in a folder, so that the next start is quick. The folder must be as trusted as the program.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero.
 */
bool adsieve_settings_set_cache(AdsieveSettings *settings,
                                const char *folder,
                                char **error);

/**
 * Frees a text that a function of this library has handed out. Null is no harm.
 *
 * # Safety
 *
 * `text` is null or comes from this library and was not freed before.
 */
void adsieve_string_free(char *text);

/**
 * Judges a request; free the verdict with `adsieve_verdict_free`.
 *
 * `source_url` is the page that asks, `kind` one of document, frame, script, style, image, font, media, object, fetch,
 * ping, websocket, other; both and `method` may be null. Gives null and a text in `*error` if an argument makes no sense.
 *
 * # Safety
 *
 * Pointers are null or valid; texts end in a zero.
 */
AdsieveVerdict *adsieve_check_request(const AdsieveEngine *engine,
                                      const char *url,
                                      const char *source_url,
                                      const char *kind,
                                      const char *method,
                                      char **error);

/**
 * Frees a verdict with all that it has handed out. Null is no harm.
 *
 * # Safety
 *
 * `verdict` is null or comes from `adsieve_check_request` and was not freed before.
 */
void adsieve_verdict_free(AdsieveVerdict *verdict);

/**
 * What to do; allow for null.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
AdsieveAction adsieve_verdict_action(const AdsieveVerdict *verdict);

/**
 * Id of the network that the request goes to; null if that is not known.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
const char *adsieve_verdict_network(const AdsieveVerdict *verdict);

/**
 * Why, in words: the line of the policy or the rule of the list; null if nobody has said anything.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
const char *adsieve_verdict_reason(const AdsieveVerdict *verdict);

/**
 * The URL to ask for in place of an allowed request's own; null if that stays.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
const char *adsieve_verdict_rewritten_url(const AdsieveVerdict *verdict);

/**
 * Media type of what to answer a blocked request with; null if a refusal does.
 *
 * # Safety
 *
 * `verdict` is null or valid.
 */
const char *adsieve_verdict_answer_type(const AdsieveVerdict *verdict);

/**
 * The bytes of that answer, and how many in `*length`; null if there is none.
 *
 * # Safety
 *
 * `verdict` is null or valid; `length` is null or may be written to.
 */
const uint8_t *adsieve_verdict_answer_body(const AdsieveVerdict *verdict, size_t *length);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ADSIEVE_H */
