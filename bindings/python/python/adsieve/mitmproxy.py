"""mitmproxy add-on: pages without ads while they stream, and no requests for ads.

    pip install 'adsieve[mitmproxy]'
    mitmdump -s "$(python -c 'import adsieve.mitmproxy as m; print(m.__file__)')" --set adsieve_lists=easylist.txt

Requests are judged by policy and filter lists. HTML is rewritten chunk by chunk; everything else streams as it comes.
"""

import logging
import zlib
from collections.abc import Sequence

from mitmproxy import ctx, exceptions, http

from adsieve import Engine
from adsieve._native import KINDS, mend_request, mend_response, pass_reason

# What browsers call it, where we call it otherwise.
_KINDS = {"iframe": "frame", "empty": "fetch", "audio": "media", "video": "media", "track": "media", "embed": "object"}


def _fields(headers: http.Headers) -> list[tuple[str, str]]:
    return list(headers.items(multi=True))


def _set_fields(headers: http.Headers, fields: list[tuple[str, str]]) -> None:
    headers.fields = tuple((name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape")) for name, value in fields)


class Adsieve:
    def load(self, loader) -> None:
        loader.add_option("adsieve_rules", Sequence[str], [], "Folders of rules of your own.")
        loader.add_option("adsieve_lists", Sequence[str], [], "Filter lists in Adblock Plus, uBlock or hosts syntax.")
        loader.add_option("adsieve_policy", Sequence[str], [], "Policy files: what is blocked, and where.")

    def configure(self, updated) -> None:
        if not hasattr(self, "engine") or any(name.startswith("adsieve_") for name in updated):
            options = ctx.options
            try:
                self.engine = Engine(options.adsieve_rules, options.adsieve_lists, policy=options.adsieve_policy)
            except (OSError, ValueError) as error:
                raise exceptions.OptionsError(str(error)) from error

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        flow.request.stream = True
        if self.kind(flow) in ("document", "frame"):
            _set_fields(flow.request.headers, mend_request(_fields(flow.request.headers), "gzip, deflate", "adsieve"))
        verdict = self.engine.check_request(
            flow.request.pretty_url, flow.request.headers.get("referer", ""), self.kind(flow), flow.request.method
        )
        if verdict.is_block:
            logging.info("blocked %s: %s", flow.request.pretty_url, verdict.reason)
            flow.request.stream = False
            flow.metadata["adsieve"] = "blocked"
            flow.response = self.answer(verdict)
        elif verdict.rewritten_url:
            flow.request.url = verdict.rewritten_url

    def kind(self, flow: http.HTTPFlow) -> str:
        """What the browser asks for; a client that does not say it and wants HTML asks for a page."""
        kind = flow.request.headers.get("sec-fetch-dest", "")
        if not kind:
            return "document" if "html" in flow.request.headers.get("accept", "html") else "other"
        kind = _KINDS.get(kind, kind)
        return kind if kind in KINDS else "other"

    def answer(self, verdict) -> http.Response:
        if verdict.answer is None:
            return http.Response.make(403, b"", {"cache-control": "no-store"})
        kind = {"content-type": verdict.answer.content_type, "access-control-allow-origin": "*"}
        return http.Response.make(200, verdict.answer.body, kind)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if "adsieve" in flow.metadata:
            return
        headers = _fields(flow.response.headers)
        flow.response.stream = True
        coding = flow.response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "deflate") or pass_reason(flow.request.method, flow.response.status_code, headers):
            return
        policy = ", ".join(flow.response.headers.get_all("content-security-policy")) or None
        rewriter = self.engine.rewriter(flow.request.pretty_url, policy=policy)
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding != "identity" else None
        _set_fields(flow.response.headers, mend_response(headers, "adsieve", True))

        def rewrite(chunk: bytes) -> bytes:
            if chunk:
                return rewriter.push(inflate.decompress(chunk) if inflate else chunk)
            left = rewriter.push(inflate.flush() if inflate else b"") + rewriter.finish()
            logging.info("%d changes on %s", len(rewriter.changes), flow.request.pretty_url)
            return left

        flow.response.stream = rewrite


addons = [Adsieve()]
