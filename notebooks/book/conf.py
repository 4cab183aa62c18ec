"""How Sphinx makes the website of the course. build.py puts the sources together and calls it."""
project = "ipclab"
author = "the ipclab authors"
copyright = ""
html_show_copyright = False
html_show_sphinx = False

extensions = ["myst_nb", "sphinx.ext.githubpages"]
exclude_patterns = ["jupyter_execute"]

nb_execution_mode = "off"  # the notebooks have been run
# Of what an output offers, the first that a page can show. A chart is a picture: pages work without network and scripts.
nb_mime_priority_overrides = [
    ("html", "application/vnd.vegalite.v5+json", None),
    ("html", "image/svg+xml", 5),
    ("html", "image/png", 6),
]
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure"]

html_theme = "sphinx_book_theme"
html_title = "ipclab"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_theme_options = {
    "use_download_button": True,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
}
