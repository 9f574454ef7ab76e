/* The smallest embedding in C: may these requests go out, may this script run, and which networks are on this page? */

#include "adsieve.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, char *error) {
  fprintf(stderr, "%s: %s\n", what, error ? error : "no reason given");
  adsieve_string_free(error);
  exit(1);
}

static AdsieveAction check(const AdsieveEngine *engine, const char *url, const char *kind) {
  char *error = NULL;
  AdsieveVerdict *verdict = adsieve_check_request(engine, url, "https://news.example/", kind, "GET", &error);
  if (!verdict) fail(url, error);
  AdsieveAction action = adsieve_verdict_action(verdict);
  const char *reason = adsieve_verdict_reason(verdict);
  size_t length = 0;
  adsieve_verdict_answer_body(verdict, &length);
  printf("%s %s: %s", action == ADSIEVE_ACTION_BLOCK ? "block" : "allow", url, reason ? reason : "nobody objects");
  if (adsieve_verdict_answer_type(verdict)) {
    printf(" (answer: %zu bytes of %s)", length, adsieve_verdict_answer_type(verdict));
  }
  printf("\n");
  adsieve_verdict_free(verdict);
  return action;
}

int main(void) {
  char *error = NULL;
  const char *list = "! mine\n||ads.example^\n@@||ads.example/kept/\n";
  AdsieveSettings *settings = adsieve_settings_new();
  if (!adsieve_settings_add_list_text(settings, "mine.txt", (const uint8_t *)list, strlen(list), false, &error) ||
      !adsieve_settings_add_policy_text(settings, "mine.toml", "networks.allow = ['taboola']", &error)) {
    fail("settings", error);
  }
  AdsieveEngine *engine = adsieve_engine_new(settings, &error);
  if (!engine) fail("engine", error);

  int wrong = 0;
  wrong += check(engine, "https://securepubads.g.doubleclick.net/tag/js/gpt.js", "script") != ADSIEVE_ACTION_BLOCK;
  wrong += check(engine, "https://cdn.taboola.com/libtrc/x/loader.js", "script") != ADSIEVE_ACTION_ALLOW;
  wrong += check(engine, "https://www.ads.example/x.gif", "image") != ADSIEVE_ACTION_BLOCK;
  wrong += check(engine, "https://www.ads.example/kept/x.gif", "image") != ADSIEVE_ACTION_ALLOW;
  wrong += check(engine, "https://news.example/style.css", "style") != ADSIEVE_ACTION_ALLOW;

  /* Lists are swapped while other threads ask. */
  AdsieveSettings *none = adsieve_settings_new();
  wrong += !adsieve_engine_set_lists(engine, none, &error);
  wrong += check(engine, "https://www.ads.example/x.gif", "image") != ADSIEVE_ACTION_ALLOW;

  /* What makes no sense is an error with a text, never a crash. */
  wrong += adsieve_check_request(engine, NULL, NULL, NULL, NULL, &error) != NULL;
  printf("error: %s\n", error);
  adsieve_string_free(error);
  error = NULL;
  wrong += adsieve_settings_add_policy_text(settings, "bad.toml", "blok = ['ssp']", &error);
  printf("error: %s\n", error);
  adsieve_string_free(error);

  /* A script keeps what does not serve ads. */
  const char *code = "startMenu(); pbjs.que.push(function () { pbjs.requestBids({}) });";
  AdsieveScriptVerdict *script = adsieve_check_script(engine, (const uint8_t *)code, strlen(code), NULL, &error);
  if (!script) fail("script", error);
  size_t left_length = 0, count = 0;
  const uint8_t *left = adsieve_script_verdict_code(script, &left_length);
  const AdsieveCut *cuts = adsieve_script_verdict_cuts(script, &count);
  printf("script: %zu cut, left: %.*s\n", count, (int)left_length, (const char *)left);
  for (size_t i = 0; i < count; i++) printf("  bytes %zu..%zu: %s\n", cuts[i].start, cuts[i].end, cuts[i].why);
  wrong += adsieve_script_verdict_action(script) != ADSIEVE_ACTION_NEUTRALISE || count != 1;
  wrong += left_length != 14 || memcmp(left, "startMenu(); ;", 14) != 0;
  adsieve_script_verdict_free(script);

  const char *page = "<script>pbjs.aliasBidder('appnexus', 'acme')</script>";
  char *report = adsieve_scan_page(engine, (const uint8_t *)page, strlen(page), "https://news.example/", &error);
  if (!report) fail("scan", error);
  wrong += strstr(report, "\"adsieve.page/1\"") == NULL;
  printf("report of %zu bytes by adsieve %s\n", strlen(report), adsieve_version());

  adsieve_string_free(report);
  adsieve_engine_free(engine);
  adsieve_settings_free(none);
  adsieve_settings_free(settings);
  return wrong;
}
