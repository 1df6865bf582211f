using System.Linq.Expressions;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Queries;

/// <summary>
/// Filters as terms for the database (RFC 7644 section 3.4.2.2), each attribute by a table of its own type. What the
/// table does not know is <see cref="Term{T}.Unserved"/> and left to the evaluator; an attribute that the type does not
/// have counts as one without a value, as a query at the root needs it.
/// </summary>
internal abstract class FilterTerms<T>(ScimResourceType type, bool strict)
{
    private TermAlgebra<T>? _algebra;

    /// <summary>The filter as a term.</summary>
    public Term<T> Read(Filter filter) =>
        filter switch
        {
            And and => All([.. and.Terms.Select(Read)]),
            Or or => Algebra.Any([.. or.Terms.Select(Read)]),
            Not not => Algebra.Not(Read(not.Term)),
            Present present => type.Resolve(present.Path, strict) is { } found ? Present(found.Key) : Term<T>.Nothing,
            Compare compare => ReadCompare(compare),
            ValuePath path => type.Resolve(path.Path, strict) is { } list ? Element(list.Key, path.Inner) : Term<T>.Nothing,
            _ => Term<T>.Unserved,
        };

    /// <summary>The condition that a row is in a set.</summary>
    protected abstract Expression<Func<T, bool>> IsIn(IQueryable<Id<T>> ids);

    /// <summary>The same, asked of one row by its id (<c>EXISTS</c>).</summary>
    protected abstract Expression<Func<T, bool>> Has(IQueryable<Id<T>> ids);

    /// <summary>An attribute has a value.</summary>
    protected abstract Term<T> Present(string key);

    /// <summary>An attribute compared with a value that is not null.</summary>
    protected abstract Term<T> Compare(string key, CompareOperator comparison, FilterValue value);

    /// <summary>One element of a list fulfils the filter in the brackets.</summary>
    protected abstract Term<T> Element(string key, Filter inner);

    /// <summary>All of them hold.</summary>
    protected Term<T> All(IReadOnlyList<Term<T>> terms) => Algebra.All(terms);

    /// <summary>The opposite.</summary>
    protected Term<T> Not(Term<T> term) => Algebra.Not(term);

    /// <summary>A set of rows that is not read for its own sake: a condition.</summary>
    protected Term<T> Among(IQueryable<Id<T>> ids) => Term<T>.Of(IsIn(ids));

    /// <summary>A time column; whole milliseconds are stored, so a finer instant lies between two of them.</summary>
    protected static Term<T> Time(Expression<Func<T, DateTimeOffset>> column, CompareOperator comparison, FilterValue value)
    {
        if (value.AsTime() is not { } instant)
        {
            return Term<T>.Unserved;
        }

        if (instant < DateTimeOffset.UnixEpoch || instant.Year > 9998)
        {
            return Term<T>.Constant(
                comparison is CompareOperator.Ne
                    || (
                        instant < DateTimeOffset.UnixEpoch
                            ? comparison is CompareOperator.Gt or CompareOperator.Ge
                            : comparison is CompareOperator.Lt or CompareOperator.Le
                    )
            );
        }

        var stored = Moment.Cut(instant);
        var isBetween = stored != instant;
        var (make, bound) = comparison switch
        {
            CompareOperator.Eq => (Expression.Equal, stored),
            CompareOperator.Ne => (Expression.NotEqual, stored),
            CompareOperator.Gt => (Expression.GreaterThan, stored),
            CompareOperator.Ge => (isBetween ? Expression.GreaterThan : Expression.GreaterThanOrEqual, stored),
            CompareOperator.Lt => (isBetween ? Expression.LessThanOrEqual : Expression.LessThan, stored),
            CompareOperator.Le => (Expression.LessThanOrEqual, stored),
            _ => ((Func<Expression, Expression, BinaryExpression>?)null, stored),
        };
        if (make is null || (isBetween && comparison is CompareOperator.Eq or CompareOperator.Ne))
        {
            return make is null ? Term<T>.Unserved : Term<T>.Constant(comparison == CompareOperator.Ne);
        }

        Expression<Func<DateTimeOffset>> parameter = () => bound;
        return Term<T>.Of(Expression.Lambda<Func<T, bool>>(make(column.Body, parameter.Body), column.Parameters));
    }

    /// <summary>A column that holds keys or exact values of one text attribute.</summary>
    /// <param name="column">The column; may be null in a row without a value.</param>
    /// <param name="comparison">The operator.</param>
    /// <param name="text">The value as the column holds values.</param>
    protected static Expression<Func<T, bool>>? Text(Expression<Func<T, string?>> column, CompareOperator comparison, string text)
    {
        if (TextComparison.Of(comparison, text) is not { } compare)
        {
            return null;
        }

        var body = new Put(compare.Parameters[0], column.Body).Visit(compare.Body);
        // said in so many words, so that the opposite holds for a row without a value
        return Expression.Lambda<Func<T, bool>>(
            comparison == CompareOperator.Eq
                ? body
                : Expression.AndAlso(Expression.NotEqual(column.Body, Expression.Constant(null, typeof(string))), body),
            column.Parameters
        );
    }

    private TermAlgebra<T> Algebra => _algebra ??= new TermAlgebra<T>(IsIn, Has);

    private Term<T> ReadCompare(Compare compare)
    {
        if (type.Resolve(compare.Path, strict) is not { Comparable: { } leaf } found)
        {
            return Term<T>.Constant(compare.HoldsWithoutValue);
        }

        if (compare.Value.Kind == FilterValueKind.Null)
        {
            var present = Present((found with { Sub = leaf == found.Attribute ? null : leaf }).Key);
            return compare.Operator == CompareOperator.Eq ? Not(present) : present;
        }

        return Compare(found.Key, compare.Operator, compare.Value);
    }
}

/// <summary>Puts an expression in the place of a parameter.</summary>
internal sealed class Put(ParameterExpression place, Expression what) : ExpressionVisitor
{
    /// <inheritdoc/>
    protected override Expression VisitParameter(ParameterExpression node) => node == place ? what : node;
}

/// <summary>Comparisons of stored texts, which are ordered and compared by code point on both databases.</summary>
internal static class TextComparison
{
    private const string Last = "\U0010FFFF";

    /// <summary>
    /// What stored keys are compared with, as <see cref="FilterEvaluator"/> compares; null when there is nothing to look for.
    /// </summary>
    public static string? Folded(string value, CompareOperator comparison) =>
        (comparison is CompareOperator.Co or CompareOperator.Sw or CompareOperator.Ew ? Key.PieceOf(value) : Key.Of(value))
            is { Length: > 0 } key
            ? key
            : null;

    /// <summary>The comparison with a stored text; null for an operator that has none here.</summary>
    public static Expression<Func<string?, bool>>? Of(CompareOperator comparison, string text)
    {
        var last = text + Last;
        var length = text.EnumerateRunes().Count(); // as databases count
        return comparison switch
        {
            CompareOperator.Eq => stored => stored == text,
            CompareOperator.Co => stored => stored!.Contains(text),
            CompareOperator.Sw => stored => string.Compare(stored, text) >= 0 && string.Compare(stored, last) <= 0, // a range of the index
            // EndsWith would be a LIKE, which has no case on SQLite
            CompareOperator.Ew => stored => stored!.Length >= length && stored.Substring(stored.Length - length) == text,
            CompareOperator.Gt => stored => string.Compare(stored, text) > 0,
            CompareOperator.Ge => stored => string.Compare(stored, text) >= 0,
            CompareOperator.Lt => stored => string.Compare(stored, text) < 0,
            CompareOperator.Le => stored => string.Compare(stored, text) <= 0,
            _ => null,
        };
    }
}
