using System.Linq.Expressions;
using UserManagement.Membership;

namespace UserManagement.Scim.Queries;

/// <summary>
/// A part of a filter as the database sees it. Who fulfils it is among <paramref name="Ids"/> and fulfils
/// <paramref name="Where"/>; a part that is null says nothing. Only where <paramref name="IsExact"/> is it all of them and
/// nobody else, so a loose term never stands alone: each row it finds is looked at by the protocol's own evaluator.
/// </summary>
/// <param name="Ids">A set that an index gives; null where none does.</param>
/// <param name="Where">A condition on the row, which reads the rows; null for none.</param>
/// <param name="IsExact">Whether nothing is left to look at.</param>
internal sealed record Term<T>(IQueryable<Id<T>>? Ids, Expression<Func<T, bool>>? Where, bool IsExact)
{
    /// <summary>Whether at most one row is in the set, as where an id or a user name is asked for.</summary>
    public bool IsOne { get; private init; }

    /// <summary>Every row fulfils it.</summary>
    public static Term<T> Everything { get; } = new(null, null, true);

    /// <summary>No row fulfils it.</summary>
    public static Term<T> Nothing { get; } = new(null, _ => false, true);

    /// <summary>The database can say nothing about it.</summary>
    public static Term<T> Unserved { get; } = new(null, null, false);

    /// <summary>Whether an index gives all of them and nobody else, or too many by no more than a condition takes away.</summary>
    public bool IsIndexed => Ids is not null && IsExact;

    /// <summary>Whether the database narrows nothing down.</summary>
    public bool IsOpen => Ids is null && Where is null;

    /// <summary>True or false for every row.</summary>
    public static Term<T> Constant(bool holds) => holds ? Everything : Nothing;

    /// <summary>A set from an index.</summary>
    public static Term<T> Of(IQueryable<Id<T>> ids, bool isExact = true) => new(ids, null, isExact);

    /// <summary>A set from a unique index: one row, or none.</summary>
    public static Term<T> One(IQueryable<Id<T>> ids) => new(ids, null, true) { IsOne = true };

    /// <summary>A condition on the row.</summary>
    public static Term<T> Of(Expression<Func<T, bool>> where) => new(null, where, true);
}

/// <summary>How terms are put together: <c>and</c> is an intersection of sets, <c>or</c> a union.</summary>
/// <param name="isIn">The condition that a row is in a set: <c>id IN (...)</c>, never a test for each row.</param>
/// <param name="has">The same as a test of one row, for where there is but one: the set itself is not read.</param>
internal sealed class TermAlgebra<T>(
    Func<IQueryable<Id<T>>, Expression<Func<T, bool>>> isIn,
    Func<IQueryable<Id<T>>, Expression<Func<T, bool>>> has
)
{
    /// <summary>
    /// All of them hold. Beside a term of one row the others are tests of that row, as Entra asks for a reference
    /// (<c>id eq "..." and manager eq "..."</c>): however many have that manager, or are in that group, none of them is read.
    /// </summary>
    public Term<T> All(IReadOnlyList<Term<T>> terms)
    {
        var isExact = terms.All(t => t.IsExact);
        if (terms.FirstOrDefault(t => t.IsOne) is { } one)
        {
            var tests = terms.SelectMany(t => new[] { ReferenceEquals(t, one) || t.Ids is null ? null : has(t.Ids), t.Where });
            return Term<T>.One(one.Ids!) with { Where = Join(tests, Expression.AndAlso), IsExact = isExact };
        }

        var sets = terms.Select(t => t.Ids).OfType<IQueryable<Id<T>>>().ToList();
        return new(
            sets.Count == 0 ? null : sets.Aggregate((sum, ids) => sum.Intersect(ids)),
            Join(terms.Select(t => t.Where), Expression.AndAlso),
            isExact
        );
    }

    /// <summary>At least one holds.</summary>
    public Term<T> Any(IReadOnlyList<Term<T>> terms)
    {
        var useful = terms.Where(t => !ReferenceEquals(t, Term<T>.Nothing)).ToList();
        if (useful.Count == 0)
        {
            return Term<T>.Nothing;
        }

        if (useful.Exists(t => t.IsOpen))
        {
            return useful.Exists(t => t.IsOpen && t.IsExact) ? Term<T>.Everything : Term<T>.Unserved;
        }

        var ids = useful.TrueForAll(t => t.Ids is not null) ? useful.Select(t => t.Ids!).Aggregate((sum, one) => sum.Union(one)) : null;
        var where = ids is not null && useful.TrueForAll(t => t.Where is null) ? null : Join(useful.Select(Condition), Expression.OrElse);
        return new(ids, where, useful.TrueForAll(t => t.IsExact));
    }

    /// <summary>It does not hold. Of a loose term nothing can be said.</summary>
    public Term<T> Not(Term<T> term)
    {
        if (!term.IsExact)
        {
            return Term<T>.Unserved;
        }

        if (term.IsOpen)
        {
            return Term<T>.Nothing;
        }

        var condition = Condition(term)!;
        return ReferenceEquals(term, Term<T>.Nothing)
            ? Term<T>.Everything
            : Term<T>.Of(Expression.Lambda<Func<T, bool>>(Expression.Not(condition.Body), condition.Parameters));
    }

    private Expression<Func<T, bool>>? Condition(Term<T> term) =>
        Join([term.Ids is null ? null : isIn(term.Ids), term.Where], Expression.AndAlso);

    private static Expression<Func<T, bool>>? Join(
        IEnumerable<Expression<Func<T, bool>>?> parts,
        Func<Expression, Expression, Expression> join
    )
    {
        Expression<Func<T, bool>>? all = null;
        foreach (var part in parts.OfType<Expression<Func<T, bool>>>())
        {
            all = all is null
                ? part
                : Expression.Lambda<Func<T, bool>>(
                    join(all.Body, new Put(part.Parameters[0], all.Parameters[0]).Visit(part.Body)),
                    all.Parameters
                );
        }

        return all;
    }
}
