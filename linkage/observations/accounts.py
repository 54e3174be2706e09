"""Accounts by number: every account gets a dense number, in the order of its name."""

import ibis
import ibis.expr.types as ir


def account_numbers(accounts: ir.Table) -> ir.Table:
    """Every account, numbered from 0 in the order of its name: account, a."""
    return accounts.mutate(a=ibis.row_number().over(ibis.window(order_by="account")).cast("int32"))
