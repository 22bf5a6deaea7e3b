"""The component page of the demo: every template of ``components/`` and every block, in every state it can be in.

To show a new component: add a ``Component`` to the list in ``components.py`` (a test fails until that is done).
"""
