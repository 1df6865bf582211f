using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

public sealed class ReadBatchTests
{
    [Theory, EachDatabase]
    public async Task A_row_read_below_ef_is_the_row_that_ef_reads(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.ProvisionAsync("ada@acme.test");
        await acme.ProvisionAsync("bob@acme.test");
        await using var db = acme.Store.Read();
        await SameAsync(db.Members.OrderBy(m => m.Id), db);
        await SameAsync(db.Grants.OrderBy(g => g.MemberId), db);
        await SameAsync(db.Workspaces.OrderBy(w => w.Id), db);
        await SameAsync(db.AuditEntries.OrderBy(a => a.Id), db);
    }

    [Theory, EachDatabase]
    public async Task Several_reads_come_back_from_one_journey_each_with_its_rows(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var ada = (await acme.ProvisionAsync("ada@acme.test")).Value;
        await using var db = acme.Store.Read();
        var batch = new ReadBatch();
        var names = batch.Read(
            "SELECT user_name FROM members WHERE workspace_id = $1 AND id = $2",
            row => row.GetString(0),
            ada.WorkspaceId.Value,
            ada.Id.Value
        );
        var nobody = batch.Read("SELECT user_name FROM members WHERE user_name_key = $1", row => row.GetString(0), "nobody");
        var slugs = batch.Read("SELECT slug FROM workspaces WHERE id = $1", row => row.GetString(0), ada.WorkspaceId.Value);
        await batch.RunAsync(db, default);
        Assert.Equal(["ada@acme.test"], names.Rows);
        Assert.Null(nobody.First);
        Assert.Equal((await db.Workspaces.SingleAsync(w => w.Id == ada.WorkspaceId)).Slug, slugs.First);
    }

    private static async Task SameAsync<T>(IOrderedQueryable<T> rows, MembershipDb db)
        where T : class
    {
        var expected = await rows.AsNoTracking().ToListAsync();
        var reader = RowReader<T>.Of(db);
        var batch = new ReadBatch();
        var found = batch.Read($"SELECT {reader.Columns("x")} FROM {reader.Table} x", row => reader.Read(row, 0));
        await batch.RunAsync(db, default);
        Assert.NotEmpty(expected);
        Assert.Equal(Texts(expected), Texts(found.Rows)); // as text: arrays of bytes are equal by what they hold

        static List<string> Texts(IEnumerable<T> rows) =>
            [.. rows.Select(row => JsonSerializer.Serialize(row)).Order(StringComparer.Ordinal)];
    }
}
