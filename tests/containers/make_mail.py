#!/usr/bin/env python3
"""Makes made/explorer.mht and made/word.mht: Internet Explorer and Word run on no build machine, so their messages are
written here by hand, in the form that these programs give them. Needs nothing but Python."""

import quopri
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE, MADE = HERE / "site", HERE / "made"
PAGE = "http://news.example.com/"

EXPLORER_HEAD = """From: "Saved by Internet Explorer 11"
Subject: =?utf-8?Q?Harbour_News_=E2=80=93_Caf=C3=A9?=
Date: Thu, 1 Jan 2026 12:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----=_NextPart_000_0000_01DC7B1A.5F0E3C20"
X-MimeOLE: Produced By Microsoft MimeOLE V10.0.19041.1

This is a multi-part message in MIME format.
"""

WORD_HEAD = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="----=_NextPart_01DC7B1A.7A41D3E0"

This document is a Single File Web Page, also known as a Web Archive file.  If you are seeing this message, your browser or
editor doesn't support Web Archive files.  Please download a browser that supports Web Archive.
"""

# Word keeps no script. What was pasted into the text is text, in its quotes and between its marks of spelling.
WORD_PAGE = """<html xmlns:v="urn:schemas-microsoft-com:vml"
xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns="http://www.w3.org/TR/REC-html40">

<head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<meta name=ProgId content=Word.Document>
<meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="page_files/filelist.xml">
<!--[if gte mso 9]><xml>
 <w:WordDocument>
  <w:View>Print</w:View>
  <w:DoNotOptimizeForBrowser/>
 </w:WordDocument>
</xml><![endif]-->
<style>
<!--
 /* Style Definitions */
 p.MsoNormal, li.MsoNormal, div.MsoNormal
\t{mso-style-unhide:no;
\tmargin:0cm;
\tfont-family:"Calibri",sans-serif;}
-->
</style>
</head>

<body lang=EN-GB style='tab-interval:36.0pt'>

<div class=WordSection1>

<p class=MsoNormal><span lang=EN-GB>Harbour News \u2013 Caf\u00e9<o:p></o:p></span></p>

<p class=MsoNormal><span lang=EN-GB>The ferry was \u201clate\u201d again \u2013 as on every day of the caf\u00e9\u2019s
opening.<o:p></o:p></span></p>

<p class=MsoNormal><span class=SpellE><span lang=EN-GB>pbjs.addAdUnits</span></span><span
lang=EN-GB>([{ code: \u2018leaked\u2019, bids: [{ bidder: \u2018<span class=SpellE>appnexus</span>\u2019,
<span class=GramE>params</span>: { <span class=SpellE>placementId</span>: 4711001 } }] }]);<o:p></o:p></span></p>

<p class=MsoNormal><span lang=EN-GB>It left at noon.<o:p></o:p></span></p>

</div>

</body>

</html>
"""

FILE_LIST = """<xml xmlns:o="urn:schemas-microsoft-com:office:office">
 <o:MainFile HRef="../page.htm"/>
 <o:File HRef="filelist.xml"/>
</xml>
"""


def part(headers, body):
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return lines.encode() + b"\n" + quopri.encodestring(body)


def message(head, boundary, parts):
    mark = b"\n--" + boundary.encode()
    whole = head.encode() + b"".join(mark + b"\n" + one for one in parts) + mark + b"--\n"
    return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def explorer():
    """All that was loaded, scripts too; addresses in the page are absolute."""
    def of_site(path, mime):
        body = (SITE / (path or "index.html")).read_text()
        for name in ("src", "href"):
            body = body.replace(f'{name}="/', f'{name}="{PAGE}')
        headers = {"Content-Type": mime, "Content-Transfer-Encoding": "quoted-printable", "Content-Location": PAGE + path}
        return part(headers, body.encode())

    parts = [of_site("", 'text/html;\n\tcharset="utf-8"'), of_site("style.css", 'text/css;\n\tcharset="utf-8"')]
    parts += [of_site(f"ads/{name}.js", "application/octet-stream") for name in ("units", "late", "dynamic")]
    parts.append(of_site("frame.html", 'text/html;\n\tcharset="utf-8"'))
    return message(EXPLORER_HEAD, "----=_NextPart_000_0000_01DC7B1A.5F0E3C20", parts)


def word():
    def of_document(name, mime, body):
        headers = {"Content-Location": f"file:///C:/4F1D2A60/{name}", "Content-Transfer-Encoding": "quoted-printable",
                   "Content-Type": mime}
        return part(headers, body)

    parts = [of_document("page.htm", 'text/html; charset="windows-1252"', WORD_PAGE.encode("windows-1252")),
             of_document("page_files/filelist.xml", 'text/xml; charset="utf-8"', FILE_LIST.encode())]
    return message(WORD_HEAD, "----=_NextPart_01DC7B1A.7A41D3E0", parts)


if __name__ == "__main__":
    MADE.mkdir(exist_ok=True)
    (MADE / "explorer.mht").write_bytes(explorer())
    (MADE / "word.mht").write_bytes(word())
