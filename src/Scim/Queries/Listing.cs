using System.Data.Common;
using System.Linq.Expressions;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Queries;

/// <summary>How much a query may cost that no index serves, and how much a page may hold.</summary>
/// <param name="Rows">The most rows that are looked at one by one.</param>
/// <param name="Time">The longest time.</param>
/// <param name="References">The most members of groups, or groups of users, that a page shows.</param>
/// <param name="Looked">Told how many were looked at, batch by batch.</param>
internal sealed record ListingLimits(int Rows, TimeSpan Time, int References, Action<int> Looked)
{
    /// <summary>400: it would cost more.</summary>
    public ScimError TooMany() =>
        ScimError.TooMany(
            $"No index serves this query, and it would look at more than {Rows} resources or take longer than "
                + $"{Time.TotalSeconds:0.#} seconds. Name userName, externalId, emails, displayName or id with eq or sw as well."
        );
}

/// <summary>Which rows of an ordered list are wanted: so many from an offset, or from an id on.</summary>
/// <param name="Offset">How many to skip, where pages are counted.</param>
/// <param name="Count">How many at most; 0 asks for the total alone.</param>
/// <param name="Slice">The edge, where pages are cut by id; null where they are counted.</param>
/// <param name="IsBack">Whether a counted page leads towards the beginning: cut, it keeps its last rows.</param>
internal sealed record Window(int Offset, int Count, Slice? Slice = null, bool IsBack = false);

/// <summary>What a query found.</summary>
/// <param name="Total">How many in all, exactly.</param>
/// <param name="Rows">Those of the window, in order.</param>
/// <param name="GoesOn">Whether there are more behind it (before it, for a slice that goes back).</param>
internal sealed record Found<T>(long Total, IReadOnlyList<T> Rows, bool GoesOn);

/// <summary>One match of a query over several types, before its resource is read.</summary>
/// <param name="Id">The id.</param>
/// <param name="Value">What it is sorted by; null for no value.</param>
internal readonly record struct Match(Guid Id, SortValue? Value);

/// <summary>
/// A list of one type with any filter and any order. What the database can answer alone it does; else the rows that it
/// cannot exclude are looked at one by one, up to a limit of rows and of time, and beyond it the answer is 400 tooMany
/// (RFC 7644 section 3.12): never a part of the truth.
/// </summary>
internal abstract class Listing<T>(MembershipDb db, ScimResourceType type, FilterTerms<T> terms, ListingLimits limits, bool strict)
    where T : class
{
    private const int Batch = 500;

    /// <summary>The database, for one query.</summary>
    protected MembershipDb Db { get; } = db;

    /// <summary>All rows that the door can see.</summary>
    protected abstract IQueryable<T> All { get; }

    /// <summary>The same rows, told so that an index that serves the order serves them alone; null for no order.</summary>
    protected virtual IQueryable<T> AllBy(Sort? sort) => All;

    /// <summary>How many those are, from the stored counts.</summary>
    protected abstract Task<long> CountAllAsync(CancellationToken ct);

    /// <summary>The id of a row.</summary>
    protected abstract Expression<Func<T, Id<T>>> Id { get; }

    /// <summary>A column to order by that gives the protocol's own order; null where none does.</summary>
    protected abstract IOrderedQueryable<T>? Order(IQueryable<T> rows, Sort sort);

    /// <summary>Rows as whole resources in canonical spelling; of what is dear to read only the attributes that are named.</summary>
    /// <exception cref="TooManyRowsException">They are made of too many rows.</exception>
    protected abstract Task<IReadOnlyList<JsonObject>> ResourcesAsync(
        IReadOnlyList<T> rows,
        Func<string, bool> needs,
        int mostRows,
        CancellationToken ct
    );

    /// <summary>Runs a query. Refusals: 400 tooMany; 400 invalidValue for an order that makes no sense.</summary>
    public async Task<ScimResult<Found<T>>> FindAsync(Query query, Window window, CancellationToken ct)
    {
        Sort? sort = null;
        if (query.SortBy is { } by && !Sort.Resolve(by, query.SortOrder, type, strict).TryGet(out sort, out var error))
        {
            return error;
        }

        var term = query.Filter is null ? Term<T>.Everything : terms.Read(query.Filter);
        return await WithinTimeAsync<Found<T>>(
            term.IsIndexed && sort is null,
            async limited =>
            {
                var rows = Narrowed(term, sort);
                if (
                    term.IsExact
                    && (sort is null ? OrderById(rows, window.Slice?.Kind == CursorKind.Previous) : Order(rows, sort)) is { } ordered
                )
                {
                    return await ReadAsync(term, rows, ordered, window, limited);
                }

                return (await ScanAsync(query.Filter, term, sort, limited)).TryGet(out var matches, out var tooMany)
                    ? await CutAsync(matches, sort, window, limited)
                    : tooMany;
            },
            ct
        );
    }

    /// <summary>All matches, each with the value it is sorted by, in no order. Refusal: 400 tooMany.</summary>
    public Task<ScimResult<List<Match>>> MatchesAsync(Filter? filter, Sort? sort, CancellationToken ct) =>
        WithinTimeAsync<List<Match>>(
            false,
            limited => ScanAsync(filter, filter is null ? Term<T>.Everything : terms.Read(filter), sort, limited),
            ct
        );

    /// <summary>The rows of these ids, in their order; who has gone meanwhile is left out.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync(IReadOnlyList<Id<T>> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var (wanted, only) = (ids.ToList(), ids[0]);
        var rows = All.Where(wanted.Count == 1 ? With((Id<T> id) => id == only) : With((Id<T> id) => wanted.Contains(id)));
        var found = (await rows.ToListAsync(ct)).ToDictionary(Id.Compile());
        return [.. wanted.Select(id => found.GetValueOrDefault(id)).OfType<T>()];
    }

    private async Task<ScimResult<Found<T>>> ReadAsync(
        Term<T> term,
        IQueryable<T> rows,
        IOrderedQueryable<T> ordered,
        Window window,
        CancellationToken ct
    )
    {
        IQueryable<T> part = ordered;
        if (window.Slice is { From: { } edge, Kind: var kind })
        {
            var at = new Id<T>(edge);
            part = part.Where(kind == CursorKind.Next ? With((Id<T> id) => id > at) : With((Id<T> id) => id < at));
        }

        // ids first, along an index: an offset over whole rows would read them all
        var found = window.Count == 0 ? [] : await part.From(window.Offset).Take(window.Count + 1).Select(Id).ToListAsync(ct);
        var goesOn = found.Count > window.Count;
        var ids = found.Take(window.Count).ToList();
        if (window.Slice?.Kind == CursorKind.Previous)
        {
            ids.Reverse();
        }

        var isWhole = window.Slice is null or { IsFirst: true } && window.Count > 0 && !goesOn && (ids.Count > 0 || window.Offset == 0);
        var total =
            isWhole ? window.Offset + ids.Count
            : term.IsOpen ? await CountAllAsync(ct)
            : await rows.LongCountAsync(ct);
        return new Found<T>(total, await RowsAsync(ids, ct), goesOn);
    }

    private async Task<ScimResult<Found<T>>> CutAsync(List<Match> matches, Sort? sort, Window window, CancellationToken ct)
    {
        Match[] ordered = sort is null
            ? [.. matches.OrderBy(m => m.Id)]
            :
            [
                .. matches
                    .OrderBy(m => m.Value, Comparer<SortValue?>.Create((x, y) => SortValue.Compare(x, y, sort.Order)))
                    .ThenBy(m => m.Id),
            ];
        IEnumerable<Match> part = ordered;
        var isBack = window.Slice?.Kind == CursorKind.Previous;
        if (window.Slice is { From: { } edge })
        {
            part = ordered.Where(m => isBack ? m.Id.CompareTo(edge) < 0 : m.Id.CompareTo(edge) > 0);
        }

        var found = (isBack ? part.Reverse() : part).Skip(window.Offset).Take(window.Count + 1).ToList();
        var ids = found.Take(window.Count).Select(m => new Id<T>(m.Id)).ToList();
        if (isBack)
        {
            ids.Reverse();
        }

        return new Found<T>(matches.Count, await RowsAsync(ids, ct), found.Count > window.Count);
    }

    private async Task<ScimResult<List<Match>>> ScanAsync(Filter? filter, Term<T> term, Sort? sort, CancellationToken ct)
    {
        var matches = new List<Match>();
        if (term.IsOpen && await CountAllAsync(ct) > limits.Rows)
        {
            return limits.TooMany();
        }

        var needs = Attributes.Of(filter, sort);
        var rows = OrderById(Narrowed(term), false);
        var idOf = Id.Compile();
        Id<T>? last = null;
        var began = TimeProvider.System.GetTimestamp();
        var looked = 0;
        while (true)
        {
            var batch = await (last is { } at ? rows.Where(With((Id<T> id) => id > at)) : rows).Take(Batch).ToListAsync(ct);
            looked += batch.Count;
            limits.Looked(batch.Count);
            if (looked > limits.Rows || TimeProvider.System.GetElapsedTime(began) > limits.Time) // SQLite's reads cannot be broken off
            {
                return limits.TooMany();
            }

            IReadOnlyList<JsonObject> resources;
            try
            {
                resources = await ResourcesAsync(batch, needs.Contains, limits.Rows, ct);
            }
            catch (TooManyRowsException)
            {
                return limits.TooMany();
            }

            for (var i = 0; i < batch.Count; i++)
            {
                if (term.IsExact || filter is null || FilterEvaluator.Matches(filter, resources[i], type))
                {
                    matches.Add(new(idOf(batch[i]).Value, sort?.ValueOf(resources[i])));
                }
            }

            if (batch.Count < Batch)
            {
                return matches;
            }

            last = idOf(batch[^1]);
        }
    }

    private async Task<ScimResult<TFound>> WithinTimeAsync<TFound>(
        bool isServed,
        Func<CancellationToken, Task<ScimResult<TFound>>> run,
        CancellationToken ct
    )
        where TFound : class
    {
        if (isServed)
        {
            return await run(ct);
        }

        // before the database's own limit, which would say that it is away
        var patience = Db.CommandTimeout / 2;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(limits.Time < patience ? limits.Time : patience);
        try
        {
            return await run(limited.Token);
        }
        catch (OperationCanceledException late) when (limited.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            if (late.InnerException is not DbException) // it did not say itself that it broke the query off
            {
                await AskAsync(ct);
            }

            return limits.TooMany();
        }
    }

    /// <summary>The time is up: was it the query, or does the database answer nobody?</summary>
    /// <exception cref="TimeoutException">It answers nobody: 503, for a query that is not to blame.</exception>
    private async Task AskAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await Db.Workspaces.Select(w => 1).FirstOrDefaultAsync(patience.Token);
        }
        catch (OperationCanceledException silent) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("The database does not answer.", silent);
        }
    }

    private IQueryable<T> Narrowed(Term<T> term, Sort? sort = null)
    {
        var rows = AllBy(sort);
        if (term.Ids is { } ids)
        {
            rows = rows.Where(With((Id<T> id) => ids.Contains(id)));
        }

        return term.Where is { } where ? rows.Where(where) : rows;
    }

    private IOrderedQueryable<T> OrderById(IQueryable<T> rows, bool descending) =>
        descending ? rows.OrderByDescending(Id) : rows.OrderBy(Id);

    /// <summary>A condition on the id as one on the row.</summary>
    private Expression<Func<T, bool>> With(Expression<Func<Id<T>, bool>> condition) =>
        Expression.Lambda<Func<T, bool>>(new Put(condition.Parameters[0], Id.Body).Visit(condition.Body), Id.Parameters);
}

/// <summary>A resource is made of more rows than may be looked at.</summary>
internal sealed class TooManyRowsException : Exception;
