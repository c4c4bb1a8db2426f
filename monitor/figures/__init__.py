"""What the follow-up achieves, counted: of follow-ups and of the paging.

`rates` and the tallies are pure and take plain rows; `rows` and `follow_up` read them, a fixed
number of queries whatever there is.
"""
