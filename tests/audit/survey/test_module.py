"""Places are where an editor would show them."""

import ast

from projects import project


def test_a_column_counts_characters_and_not_bytes():
    module = project({"app.py": 'x = "äöü"; y = open(x)'}).modules[0]
    call = module.index.nodes(ast.Call)[0]

    place = module.place(call)

    assert (place.line, place.column) == (1, 16)
    assert module.lines[0][place.column - 1 :] == "open(x)"


def test_a_segment_of_several_lines_is_cut_at_both_ends():
    module = project({"app.py": 'é = f(1,\n  "ü", g(2)) + 1'}).modules[0]
    outer = module.index.nodes(ast.Call)[0]

    assert module.segment(outer) == 'f(1,\n  "ü", g(2))'
    assert module.source(outer) == 'f(1, "ü", g(2))'
