/* adsieve: request verdicts and page scans. Written by cbindgen; see bindings/c/README.md. */

#ifndef ADSIEVE_H
#define ADSIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What becomes of a request.
 */
typedef enum {
  /**
   * It may go out.
   */
  ADSIEVE_ACTION_ALLOW = 0,
  /**
   * It stays, and its effect is taken from it; never of a request.
   */
  ADSIEVE_ACTION_NEUTRALISE = 1,
  /**
   * It may not go out.
   */
  ADSIEVE_ACTION_BLOCK = 2,
} AdsieveAction;

/**
 * Rules, lists and policy, compiled. May be used by many threads at a time.
 */
typedef struct AdsieveEngine AdsieveEngine;

/**
 * Rules, lists and policy for an engine.
 */
typedef struct AdsieveSettings AdsieveSettings;

/**
 * The verdict on one request. Texts that it hands out live as long as it does.
 */
typedef struct AdsieveVerdict AdsieveVerdict;

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
