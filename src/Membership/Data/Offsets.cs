namespace UserManagement.Membership.Data;

/// <summary>Where a page begins.</summary>
public static class Offsets
{
    /// <summary>
    /// What comes behind <paramref name="offset"/> rows; for none of them nothing is said. PostgreSQL takes an OFFSET that is a parameter
    /// for a tenth of the rows, at least one, finds the kept plan of a look-up twice as dear as one made for the very values, and so plans
    /// it anew at each execution, which takes longer than the look-up (<c>findings/postgres-planned-each-time.sh</c>). For the same reason
    /// one id is compared by itself, and not as a list of one.
    /// </summary>
    /// <param name="rows">Rows in an order.</param>
    /// <param name="offset">How many are passed over; 0 or more.</param>
    public static IQueryable<T> From<T>(this IQueryable<T> rows, int offset) => offset == 0 ? rows : rows.Skip(offset);
}
