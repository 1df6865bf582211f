using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Users;

namespace UserManagement.Scim.Groups;

/// <summary>Which of the resources of a page have room in one answer, by their references.</summary>
/// <param name="First">The index of the first.</param>
/// <param name="Count">How many, one at least where there is any.</param>
/// <param name="References">How many references these have together; more than may be on a page for a single one.</param>
internal sealed record Fitting(int First, int Count, int References);

/// <summary>
/// Reads who is in groups and in which groups members are, a bounded number at a time and each time under an index, so that
/// what one answer holds of them does not follow their number. Order is that of owners and then of ids.
/// </summary>
internal sealed class ReferenceReads
{
    /// <summary>How many are read at once.</summary>
    public const int Chunk = 1000;

    /// <summary>The members of groups.</summary>
    public static readonly ReferenceReads OfGroups = new(
        "group_id",
        "member_id",
        "LEFT JOIN members r ON r.workspace_id = x.workspace_id AND r.id = x.member_id",
        "r.display_name, r.given_name, r.family_name, COALESCE(r.user_name, '')",
        row => UserReads.ShownName(Text(row, 2), Text(row, 3), Text(row, 4), row.GetString(5)),
        // whom the directory deleted while that is held
        " AND x.member_id NOT IN (SELECT h.id FROM members h WHERE h.workspace_id = $1 AND h.held_as = 'Deletion')"
    );

    /// <summary>The groups of members.</summary>
    public static readonly ReferenceReads OfMembers = new(
        "member_id",
        "group_id",
        "LEFT JOIN groups r ON r.workspace_id = x.workspace_id AND r.id = x.group_id",
        "COALESCE(r.display_name, '')",
        row => row.GetString(2)
    );

    private readonly string _select;
    private readonly string _join;
    private readonly string _order;
    private readonly string _owner;
    private readonly string _seen;
    private readonly string _next;
    private readonly Func<DbDataReader, string> _name;
    private readonly ConcurrentDictionary<(Type, string), string> _texts = new();

    private ReferenceReads(string owner, string id, string join, string names, Func<DbDataReader, string> name, string seen = "")
    {
        _seen = seen;
        _owner = "x." + owner;
        _name = name;
        _select = $"SELECT x.{owner}, x.{id}, {names} FROM (SELECT x.workspace_id, x.{owner}, x.{id} FROM group_members x WHERE ";
        _join = $"x {join} {Order(owner, id)}";
        _order = Order(owner, id);
        _next = Sql($"x.workspace_id = $1 AND x.{owner} = $2 AND x.{id} > $3", Chunk.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// The read of those that fulfil a condition, at most so many, in order. Their names are joined to what was found, so that
    /// no planner begins at the names, and none is passed over: a part that is not full is the last.
    /// </summary>
    /// <param name="condition">About x, a row of the table of memberships; $1 is the workspace.</param>
    /// <param name="limit">A number or a parameter.</param>
    public string Sql(string condition, string limit) => $"{_select}{condition}{_seen} {_order} LIMIT {limit}) {_join}";

    /// <summary>
    /// A read as this database is to be asked. Where tables are cut, names that are joined to what was found must name the workspace
    /// themselves: behind a LIMIT nobody concludes it, and those of every workspace would be asked for. Elsewhere they say it by what was
    /// found, so that no planner begins at the names.
    /// </summary>
    public static string On(MembershipDb db, string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return db is { IsDistributed: true }
            ? sql.Replace("r.workspace_id = x.workspace_id", "r.workspace_id = $1", StringComparison.Ordinal)
            : sql;
    }

    /// <summary>The reference under a reader.</summary>
    public Reference Row(DbDataReader row) => new(row.GetGuid(0), row.GetGuid(1), _name(row));

    /// <summary>Those of one owner behind an id, at most <see cref="Chunk"/>; fewer where it ends.</summary>
    public async Task<IReadOnlyList<Reference>> NextAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Guid owner,
        Guid after,
        CancellationToken ct
    ) => await RunAsync(db, _next, Row, ct, workspace.Value, owner, after);

    /// <summary>Those of several owners, at most so many.</summary>
    public async Task<IReadOnlyList<Reference>> ManyAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyCollection<Guid> owners,
        int most,
        CancellationToken ct
    ) =>
        owners.Count == 0
            ? []
            : await RunAsync(
                db,
                Text(db, "many", () => Sql(db.IsAmong("x.workspace_id", "$1", _owner, "$2"), "$3")),
                Row,
                ct,
                workspace.Value,
                db.IdList([.. owners]),
                (long)most
            );

    /// <summary>Puts those of several owners into their trees, each owner's at its place.</summary>
    /// <exception cref="TooManyRowsException">They have more than <paramref name="most"/> together.</exception>
    public async Task AddAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        References shape,
        IReadOnlyList<Guid> owners,
        IReadOnlyList<JsonObject> trees,
        int most,
        CancellationToken ct
    )
    {
        var found = await ManyAsync(db, workspace, owners, most + 1, ct);
        if (found.Count > most)
        {
            throw new TooManyRowsException();
        }

        var named = found.ToLookup(one => one.Owner);
        for (var i = 0; i < owners.Count; i++)
        {
            trees[i][shape.List] = new JsonArray([.. named[owners[i]].Select(shape.Tree)]);
        }
    }

    /// <summary>
    /// How many each of several owners has; who has none is left out. For owners of whom <see cref="FitAsync"/> said that they fit.
    /// </summary>
    public async Task<Dictionary<Guid, int>> SizesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyCollection<Guid> owners,
        CancellationToken ct
    ) =>
        (
            await RunAsync(
                db,
                Text(
                    db,
                    "sizes",
                    () =>
                        $"SELECT {_owner}, COUNT(*) FROM group_members x WHERE {db.IsAmong("x.workspace_id", "$1", _owner, "$2")}{_seen} "
                        + $"GROUP BY {_owner}"
                ),
                row => (Owner: row.GetGuid(0), Size: row.GetInt64(1)),
                ct,
                workspace.Value,
                db.IdList([.. owners])
            )
        ).ToDictionary(o => o.Owner, o => (int)Math.Min(o.Size, int.MaxValue));

    /// <summary>
    /// Which of a page's owners fit: as many from its beginning (or up to its end) as have no more references together
    /// than <paramref name="most"/>, and the first of them in any case. However many they have, no more are counted at once than
    /// that number and one, and a page of a thousand owners takes eleven counts at most.
    /// </summary>
    public async Task<Fitting> FitAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        IReadOnlyList<Guid> owners,
        int most,
        bool fromEnd,
        CancellationToken ct
    )
    {
        if (owners.Count == 0)
        {
            return new Fitting(0, 0, 0);
        }

        var all = await SumAsync(db, workspace, [.. owners], most, ct);
        if (all <= most)
        {
            return new Fitting(0, owners.Count, all);
        }

        var (fit, over, references) = (0, owners.Count, all);
        while (over - fit > 1)
        {
            var middle = (fit + over) / 2;
            var sum = await SumAsync(db, workspace, [.. fromEnd ? owners.Skip(owners.Count - middle) : owners.Take(middle)], most, ct);
            (fit, over, references) = sum <= most ? (middle, over, sum) : (fit, middle, references);
        }

        // one that is larger than a page stands alone
        return fit == 0
            ? new Fitting(fromEnd ? owners.Count - 1 : 0, 1, most + 1)
            : new Fitting(fromEnd ? owners.Count - fit : 0, fit, references);
    }

    /// <summary>How many several owners have together; one more than so many where it is more.</summary>
    private async Task<int> SumAsync(MembershipDb db, Id<Workspace> workspace, Guid[] owners, int most, CancellationToken ct) =>
        (int)
            (
                await RunAsync(
                    db,
                    Text(
                        db,
                        "sum",
                        () =>
                            $"SELECT COUNT(*) FROM (SELECT 1 FROM group_members x WHERE "
                            + $"{db.IsAmong("x.workspace_id", "$1", _owner, "$2")}{_seen} LIMIT $3) counted"
                    ),
                    row => row.GetInt64(0),
                    ct,
                    workspace.Value,
                    db.IdList(owners),
                    most + 1L
                )
            )[0];

    private string Text(MembershipDb db, string kind, Func<string> make) =>
        _texts.GetOrAdd((db.GetType(), kind), static (_, make) => make(), make);

    private static string Order(string owner, string id) => $"ORDER BY x.{owner}, x.{id}";

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<IReadOnlyList<T>> RunAsync<T>(
        MembershipDb db,
        string sql,
        Func<DbDataReader, T> row,
        CancellationToken ct,
        params object[] values
    )
    {
        var batch = new ReadBatch();
        var found = batch.Read(On(db, sql), row, values);
        await batch.RunAsync(db, ct);
        return found.Rows;
    }
}
