using Microsoft.EntityFrameworkCore;
using UserManagement.Benchmarks.Databases;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>
/// Fills a workspace with many members that agree with their keys, grants, audit lines and counts. One person comes in
/// through <see cref="ProvisionMember"/>; whatever that wrote is the pattern of all others.
/// </summary>
internal static class Seed
{
    private const int ManyRows = 20_000;

    /// <summary>Makes a workspace with this many members and a token.</summary>
    public static async Task<SeededWorkspace> RunAsync(BenchDatabase database, string slug, int members)
    {
        var store = database.Store;
        var workspace = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new(slug, slug, "seats"), default)).Value;
        var roomy = workspace.Configuration with { Capacity = workspace.Configuration.Capacity with { Seats = 10_000_000 } };
        workspace = (
            await new ChangeConfiguration(store).RunAsync(Actor.Operator, workspace.Id, workspace.Row.Version, roomy, default)
        ).Value;
        var token = (await new CreateScimCredential(store).RunAsync(Actor.Operator, workspace.Id, "bench", null, default)).Value.Token;

        var seeded = new SeededWorkspace(slug, token, workspace.Id);
        if (members > 0)
        {
            await FillAsync(database, seeded, members);
        }

        return seeded;
    }

    /// <summary>Makes a group and puts the youngest members of the workspace into it; all rows as the core writes them.</summary>
    public static async Task<Id<Group>> GroupAsync(BenchDatabase database, SeededWorkspace workspace, string name, int size)
    {
        var group = (
            await new CreateGroup(database.Store).RunAsync(
                workspace.Directory,
                workspace.Id,
                new GroupFacts { DisplayName = name },
                [],
                default
            )
        )
            .Value
            .Group;
        await using var db = database.Store.Read();
        var ids = await db
            .Members.Where(m => m.WorkspaceId == workspace.Id)
            .OrderByDescending(m => m.Id)
            .Select(m => m.Id)
            .Take(size)
            .ToListAsync();
        var shape = TableShape.Of<GroupMember>(db);
        await BulkLoad.RunAsync(
            database.Target,
            shape.Name,
            shape.Columns,
            ids.Select(id =>
                shape.Values(
                    new GroupMember
                    {
                        WorkspaceId = workspace.Id,
                        GroupId = group.Id,
                        MemberId = id,
                        AddedAt = group.CreatedAt,
                    }
                )
            )
        );
        return group.Id;
    }

    /// <summary>How the core itself brings somebody in, with what the SCIM door would hand it.</summary>
    public static async Task<Member> ProvisionAsync(Store store, SeededWorkspace workspace, SeedPerson person) =>
        (
            await new ProvisionMember(store).RunAsync(
                workspace.Directory,
                workspace.Id,
                new MemberAttributes
                {
                    UserName = person.UserName,
                    ExternalId = person.ExternalId,
                    DisplayName = person.DisplayName,
                    GivenName = person.GivenName,
                    FamilyName = person.FamilyName,
                    Email = person.UserName,
                    Document = person.Document,
                    Keys =
                    [
                        FindableBy.AnyCase(MemberKey.Emails, person.UserName),
                        FindableBy.AnyCase(MemberKey.Emails + ":work", person.UserName),
                    ],
                },
                default
            )
        ).Value;

    /// <summary>Every row that the core has about a member, table by table.</summary>
    public static async Task<IReadOnlyList<(TableShape Shape, IReadOnlyList<object?[]> Rows)>> RowsOfAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> id
    )
    {
        return
        [
            await ReadAsync(db.Members.Where(m => m.WorkspaceId == workspace && m.Id == id)),
            await ReadAsync(
                db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.MemberId == id).OrderBy(k => k.Attribute).ThenBy(k => k.Value)
            ),
            await ReadAsync(db.Grants.Where(g => g.WorkspaceId == workspace && g.MemberId == id)),
            await ReadAsync(db.AuditEntries.Where(a => a.WorkspaceId == workspace && a.TargetId == id.Value)),
        ];

        async Task<(TableShape, IReadOnlyList<object?[]>)> ReadAsync<T>(IQueryable<T> rows)
            where T : class
        {
            var shape = TableShape.Of<T>(db);
            return (shape, [.. (await rows.AsNoTracking().ToListAsync()).Select(shape.Values)]);
        }
    }

    private static async Task FillAsync(BenchDatabase database, SeededWorkspace workspace, int members)
    {
        await using var db = database.Store.Read();
        var before = await TalliesAsync(db, workspace.Id);
        var sample = await ProvisionAsync(database.Store, workspace, SeedPerson.Sample);
        var after = await TalliesAsync(db, workspace.Id);
        var facts = new SampleFacts(sample.Id.Value, sample.CreatedAt.ToUnixTimeMilliseconds());
        var tables = await RowsOfAsync(db, workspace.Id, sample.Id);
        var others = members - 1;
        var start = sample.CreatedAt - TimeSpan.FromMilliseconds(members); // one a millisecond, the sample last

        Task LoadAsync(TableShape shape, IReadOnlyList<object?[]> rows)
        {
            var ownId = rows is [[..]] && shape.Columns.ToList() is var names && names.Contains("target_id") ? names.IndexOf("id") : -1;
            var patterns = rows.Select(row => new RowPattern(facts, row, ownId)).ToList();
            return Task.Run(() =>
                BulkLoad.RunAsync(database.Target, shape.Name, shape.Columns, Rows(patterns, shape.Columns.Count, others, start))
            );
        }

        async Task LoadAllAsync()
        {
            if (database.Target.Kind == Testing.Database.Postgres)
            {
                await Task.WhenAll(tables.Select(t => LoadAsync(t.Shape, t.Rows)));
                return;
            }

            foreach (var (shape, rows) in tables)
            {
                await LoadAsync(shape, rows);
            }
        }

        await (
            members < ManyRows
                ? LoadAllAsync()
                : BulkLoad.WithoutIndexesAsync(database.Target, [.. tables.Select(t => t.Shape.Name)], LoadAllAsync)
        );
        foreach (var counter in after)
        {
            var grown =
                counter.Used - (before.Find(t => (t.Kind, t.Key, t.Shard) == (counter.Kind, counter.Key, counter.Shard))?.Used ?? 0);
            if (grown != 0)
            {
                await db
                    .Counters.Where(t =>
                        t.WorkspaceId == workspace.Id && t.Kind == counter.Kind && t.Key == counter.Key && t.Shard == counter.Shard
                    )
                    .ExecuteUpdateAsync(t => t.SetProperty(x => x.Used, x => x.Used + (grown * others)));
            }
        }
    }

    // ids must be the same in every table, so they follow from the number; their random part from a fixed seed
    private static IEnumerable<object?[]> Rows(List<RowPattern> patterns, int columns, int count, DateTimeOffset start)
    {
        var reused = new object?[columns];
        for (var number = 0; number < count; number++)
        {
            var (person, at) = (new SeedPerson(number), start + TimeSpan.FromMilliseconds(number));
            var id = IdOf(number, at);
            foreach (var pattern in patterns)
            {
                yield return pattern.For(reused, person, id, at);
            }
        }
    }

    /// <summary>A UUID v7 of this time whose random part is the number, spread.</summary>
    private static Guid IdOf(int number, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = at.ToUnixTimeMilliseconds();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        var spread = (ulong)number * 0x9E37_79B9_7F4A_7C15;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], spread);
        bytes[6] = (byte)(0x70 | (spread & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static Task<List<Counter>> TalliesAsync(MembershipDb db, Id<Workspace> workspace) =>
        db.Counters.AsNoTracking().Where(t => t.WorkspaceId == workspace).ToListAsync();
}

/// <summary>A workspace that was filled.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Token">A live SCIM token.</param>
/// <param name="Id">Its id.</param>
internal sealed record SeededWorkspace(string Slug, string Token, Id<Workspace> Id)
{
    /// <summary>The directory that the token stands for.</summary>
    public Actor Directory { get; } =
        new()
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "bench",
            Id = Guid.CreateVersion7(),
            Workspace = Id,
            Permissions = Actor.DirectoryPermissions,
        };
}
