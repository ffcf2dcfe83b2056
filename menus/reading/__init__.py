"""Reading: from the text of an SMS, or a choice on USSD screens, to what it says.

Each step needs only those before it. `parser` looks for a command first, then for a report:

1. `lexer`, `tokenizer` (with `tokens`, `spelling`, `everyday_words`, `vocabulary` and
   `word_splitter`): words, numbers and marks, and what each is by itself;
2. `personal_data`, `truncation`: telephone numbers and names dropped, a cut end found;
3. `month_numbers`, `months`: the month, in digits or in words;
4. `sections`, `slots`, `preface`, `pairing`, `certainty`: codes with their numbers, or questions;
5. `report_reader`: steps 2 to 4 in order, for the codes and numbers of a report;
6. `scanned`, `arguments` (with `stock_words`, `referral`, `counter_referral` and
   `referral_words`): the words beside a keyword that is no form;
7. `commands` (with `yes_no`, `named_site`, `plain_command`, `mistyped_commands`): which command;
8. `parser`: `read`, the way in for an SMS; `chosen` and `typed_numbers`: those for USSD.
"""
