"""What one page, text, script or request gives."""

import html
import pickle
import threading
import time
from html.parser import HTMLParser

import pytest
from conftest import PREBID

import adsieve


def test_a_page_has_attributes():
    page = adsieve.scan(PREBID, "https://news.example/")
    assert page.url == "https://news.example/" and page.title == "News & more" and page.ads == "found"
    assert page.bidders == ["appnexus"]
    assert [unit.code for unit in page.ad_units] == ["top"]
    bid = page.ad_units[0].bids[0]
    assert bid.params == {"placementId": 7} and bid["bidder"] == "appnexus" and bid.at.line == 3
    assert page.slots[0].path == "/123/top"
    assert {network.id for network in page.networks} >= {"prebid", "microsoft-monetize", "google"}
    assert page.bids[0].decoded is None, "fields that are left out where they are empty"
    with pytest.raises(AttributeError, match="no field 'colour'"):
        bid.colour
    with pytest.raises(AttributeError, match="do not change"):
        bid.bidder = "other"


def test_bytes_and_text_give_the_same():
    as_text, as_bytes = adsieve.scan(PREBID).to_dict(), adsieve.scan(PREBID.encode()).to_dict()
    assert as_text == as_bytes
    for form in (bytearray, memoryview):
        assert adsieve.scan(form(PREBID.encode())).to_dict() == as_bytes


def test_text_is_decoded_already():
    page = adsieve.scan("<meta charset=iso-8859-1><title>Käse \ud800</title>")
    assert page.title.startswith("Käse \ufffd") and page.source.charset == "UTF-8"
    assert adsieve.scan("<title>Käse</title>".encode("latin-1"), content_type="iso-8859-1").title == "Käse"


def test_a_page_can_be_shown():
    page = adsieve.scan(PREBID, "https://news.example/")
    assert repr(page).startswith("<Page 'https://news.example/': ") and "1 bids, 1 slots" in repr(page)
    assert "appnexus" in str(page) and "news.example" in page.table(60)
    assert "placementId" in page._repr_html_()
    assert ("bidders", ["appnexus"], []) in list(page.__rich_repr__())
    assert "Bid(bidder='appnexus'" in repr(page.bids[0])


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.text = set(), ""

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        assert not attrs

    def handle_data(self, data):
        self.text += data


def test_a_hostile_page_shows_as_text():
    hostile = "</td></table><img src=x onerror=alert(1)>\u202e"
    page = adsieve.scan(
        f"<title>{html.escape(hostile)}</title><script>pbjs.addAdUnits([{{code: {hostile!r}, bids: [{{bidder: {hostile!r}, params: {{a: {hostile!r}}}}}]}}])</script>"
    )
    assert page.ad_units[0].code == hostile
    elements = Elements()
    elements.feed(page._repr_html_())
    assert elements.names <= {"div", "b", "br", "small", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "onerror" in elements.text and "\u202e" not in elements.text


def test_pages_travel_between_processes():
    page = adsieve.scan(PREBID)
    again = pickle.loads(pickle.dumps(page))
    assert again == page and hash(again) == hash(page) and again.to_json() == page.to_json()
    assert pickle.loads(pickle.dumps(page.bids[0])) == page.bids[0]


def test_many_pages_come_in_their_order():
    engine = adsieve.Engine(threads=4)
    pages = [f"<title>{number}</title>{'<p>' * (number % 7) * 999}" for number in range(200)]
    assert [page.title for page in engine.scan_many(pages)] == [str(number) for number in range(200)]
    pairs = engine.scan_many([(PREBID, "https://a.example/"), (PREBID, None)])
    assert [page.url for page in pairs] == ["https://a.example/", None]


def test_many_pages_are_taken_as_they_are_needed():
    taken = []

    def endless():
        for number in range(10**9):
            taken.append(number)
            yield PREBID

    pages = adsieve.Engine(threads=2).scan_many(endless())
    next(pages), next(pages)
    assert len(taken) < 20


def test_what_the_caller_raises_comes_after_the_pages_before_it():
    def broken():
        yield PREBID
        yield PREBID
        raise RuntimeError("no more")

    pages = adsieve.Engine(threads=2).scan_many(broken())
    assert [page.bidders for page in (next(pages), next(pages))] == [["appnexus"]] * 2
    with pytest.raises(RuntimeError, match="no more"):
        next(pages)
    assert list(pages) == []
    with pytest.raises(TypeError, match="bytes or str, not int"):
        list(adsieve.default_engine().scan_many([1]))


def test_other_threads_run_while_pages_are_scanned():
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.wait(0.001):
            ticks.append(time.monotonic())

    ticker = threading.Thread(target=tick)
    ticker.start()
    # Long enough to see the interpreter held, if it were.
    page = "<script>" + "var a = [" + "pbjs.que.push(1)," * 40000 + "]</script>"
    begun = time.monotonic()
    adsieve.scan(page)
    ended = time.monotonic()
    stop.set()
    ticker.join()
    during = [one for one in ticks if begun < one < ended]
    assert len(during) >= 3 or ended - begun < 0.02


def test_a_forked_process_has_its_own_threads():
    import os

    engine = adsieve.Engine(threads=2)
    engine.scan(PREBID)
    child = os.fork()
    if child == 0:
        os._exit(0 if engine.scan(PREBID).bidders == ["appnexus"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_deep_pages_need_no_deep_stack():
    page = "<script>var a = " + "[" * 20000 + "]" * 20000 + "; pbjs.que = []</script>"
    done = []
    threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=lambda: done.append(adsieve.scan(page)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(0)
    assert done[0].schema == "adsieve.page/1"


def test_texts_are_cleaned():
    text = "It rained.\n\npbjs.que.push(function () { pbjs.requestBids({}) });\n\nIt stopped."
    cleaned = adsieve.clean(text)
    assert str(cleaned) == cleaned.text == "It rained.\n\nIt stopped."
    assert cleaned.cuts[0].network == "prebid" and cleaned.cuts[0].reason
    assert adsieve.clean("Nothing here.").cuts == []
    with pytest.raises(ValueError, match="not in UTF-8"):
        adsieve.clean(b"\xff\xfe")
    with pytest.raises(ValueError, match="`what` is"):
        adsieve.default_engine().clean("", what="all")


def test_pages_are_cleaned():
    page = "<!DOCTYPE html><p>News</p><script>pbjs.que.push(function () { pbjs.requestBids({}) })</script>"
    assert adsieve.default_engine().clean_page(page) == b"<!DOCTYPE html><p>News</p>"


def test_requests_are_judged():
    engine = adsieve.default_engine()
    verdict = engine.check_request("https://ib.adnxs.com/ut/v3/prebid", "https://news.example/", "fetch")
    assert verdict.is_block and verdict.action == "block" and verdict.network == "microsoft-monetize" and verdict.reason
    assert not engine.check_request("https://news.example/menu.js", "https://news.example/", "script").is_block
    stub = engine.check_request("https://securepubads.g.doubleclick.net/tag/js/gpt.js", "https://news.example/", "script")
    assert stub.answer.name == "googletag" and b"googletag" in stub.answer.body and "javascript" in stub.answer.content_type
    with pytest.raises(ValueError, match="unknown kind `teapot`; the kinds are document, frame"):
        engine.check_request("https://a.example/", kind="teapot")


def test_filter_lists_are_asked(tmp_path):
    (tmp_path / "own.txt").write_text("||tracker.example^$script\n@@||good.example^\n/[/\n")
    engine = adsieve.Engine(filter_lists=[tmp_path / "own.txt"])
    verdict = engine.check_request("https://tracker.example/t.js", "https://news.example/", "script")
    assert verdict.is_block and "||tracker.example^$script" in verdict.reason and "own.txt:1" in verdict.reason.replace("own:1", "own.txt:1")
    page = engine.scan("<script src=https://tracker.example/t.js></script>", "https://news.example/")
    assert "||tracker.example^" in page.requests[0].filter


def test_scripts_are_judged():
    code = 'menu(); pbjs.que.push(function () { pbjs.requestBids({}) }); more("é")'
    verdict = adsieve.default_engine().check_script(code, "https://news.example/")
    assert verdict.action == "neutralise" and verdict.code == 'menu(); ; more("é")'
    cut = verdict.cuts[0]
    assert code.encode()[cut.start : cut.end].startswith(b"pbjs.que.push") and cut.replacement == ";" and "prebid" in cut.why


def test_own_rules_are_read(tmp_path):
    (tmp_path / "own.toml").write_text(
        '[acme-slot]\nabout = "Slot of Acme"\nproduct = "acme"\nscript = "acmeAds.slot($NAME)"\n'
    )
    with pytest.raises(adsieve.RuleError) as broken:
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "a.toml").write_text('[x]\nscript = "f($"\nwhere.Y = "z"\n')
        adsieve.Engine(rules=[tmp_path / "broken"])
    assert "a.toml" in str(broken.value) and isinstance(broken.value, ValueError)
    with pytest.raises(FileNotFoundError):
        adsieve.Engine(filter_lists=[tmp_path / "missing.txt"])
    with pytest.raises(adsieve.RuleError, match="missing"):
        adsieve.Engine(rules=[tmp_path / "missing"])


def test_pages_are_rewritten_in_any_chunks():
    page = b"<p>News<script>menu(); pbjs.que.push(function () { pbjs.requestBids({}) }); more()</script><p>More"
    left = b"<p>News<script>menu(); ; more()</script><p>More"
    engine = adsieve.default_engine()
    for size in (1, 7, 1000):
        rewriter = engine.rewriter("https://news.example/")
        out = b"".join(rewriter.push(page[at : at + size]) for at in range(0, len(page), size)) + rewriter.finish()
        assert out == left
        assert [change.kind for change in rewriter.changes] == ["script-edited"] and "prebid" in rewriter.changes[0].why
    with pytest.raises(RuntimeError, match="has ended"):
        rewriter.push(b"")
    with pytest.raises(RuntimeError, match="has ended"):
        rewriter.finish()


def test_a_rewriter_hands_out_what_is_decided():
    rewriter = adsieve.default_engine().rewriter()
    assert rewriter.push(b"<p>a</p><script>var x") == b"<p>a</p>"
    assert rewriter.push(b" = 1</script>b") == b"<script>var x = 1</script>b"
    assert rewriter.finish() == b""


def test_a_rewriter_keeps_its_engine():
    rewriter = adsieve.Engine().rewriter()
    assert rewriter.push(b"<script>pbjs.requestBids({})</script>a") + rewriter.finish() == b"a"
