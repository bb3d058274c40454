"""The names of months, as reports write them."""

MONTHS = tuple("january february march april may june july august september october november december".split())
NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}  # by the first three letters
# For patterns: a month in full or cut short, read without regard to case; its first three letters with a capital.
MONTH = "|".join(MONTHS) + "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
SHORT = "|".join(name.title() for name in NUMBERS)
