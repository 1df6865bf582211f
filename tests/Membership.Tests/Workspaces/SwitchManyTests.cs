using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces.Switching;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

/// <summary>Another preset for very many: a few statements, however many people there are.</summary>
public sealed class SwitchManyTests
{
    private const int Many = 4000;

    [Theory, EachDatabase]
    public async Task Very_many_are_moved_in_one_transaction_and_the_first_to_come_have_the_seats(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "ranked",
            c => c with { Capacity = c.Capacity with { Seats = Many / 2 } }
        );
        var ada = await acme.JoinAsync("ada@acme.test", "admin");
        await FillAsync(acme);
        await acme.AgreesAsync();

        var wanted = new PresetSwitch("seats", new Dictionary<string, string>(), new Dictionary<string, string>());
        var preview = (await new PreviewPresetSwitch(acme.Store).RunAsync(acme.As(ada), acme.Id, wanted, default)).Value;
        Assert.Equal((Many + 1L, Many + 1L - (Many / 2)), (preview.SeatsNeeded, preview.SeatsLacking));
        var began = TimeProvider.System.GetTimestamp();
        var switched = await new SwitchPreset(acme.Store).RunAsync(acme.As(ada), acme.Id, preview.Version, wanted, default);
        TestContext.Current.SendDiagnosticMessage($"{kind}: {Many} in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.True(switched.Done, switched.Refusal?.Message);
        await using var db = acme.Store.Read();
        var counts = await Counts.ReadAsync(db, acme.Id, default);
        Assert.Equal(
            (Many / 2, 1, (Many / 2) - 1, Many + 1 - (Many / 2)),
            ((int)counts.Seats.Used, (int)counts.WithRole("admin"), (int)counts.WithRole("member"), (int)counts.WithRole("viewer"))
        );
        Assert.True(
            await db.Members.Where(m => m.HasSeat && m.Id != ada.Id).MaxAsync(m => m.JoinedAt)
                <= await db.Members.Where(m => !m.HasSeat).MinAsync(m => m.JoinedAt)
        );
        await acme.AgreesAsync();
    }

    private static async Task FillAsync(TestWorkspace acme)
    {
        await using (var db = acme.Store.Read())
        {
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            for (var i = 0; i < Many; i++)
            {
                var (id, at) = (Id<Member>.New(TimeProvider.System), acme.Clock.GetUtcNow().AddSeconds(i));
                var name = $"p{i:D6}@acme.test";
                db.Add(
                    new Member
                    {
                        WorkspaceId = acme.Id,
                        Id = id,
                        UserName = name,
                        UserNameKey = Key.Of(name),
                        State = MemberState.Active,
                        DirectoryActive = true,
                        JoinedAt = at,
                        Role = "editor",
                        SortKey = Key.Of(name),
                        CreatedAt = at,
                        ModifiedAt = at,
                        Version = 1,
                    }
                );
                db.Add(
                    new Grant
                    {
                        WorkspaceId = acme.Id,
                        MemberId = id,
                        Kind = GrantKind.Role,
                        Origin = GrantOrigin.Directory,
                        Value = "editor",
                        GivenBy = "Entra",
                        GivenAt = at,
                    }
                );
            }

            await db.SaveChangesAsync();
        }

        await using var counted = acme.Store.Read();
        foreach (var (counter, key) in new[] { (CounterKind.Slots, ""), (CounterKind.State, "Active"), (CounterKind.Role, "editor") })
        {
            if (
                await counted
                    .Counters.AsNoTracking()
                    .FirstOrDefaultAsync(c => c.WorkspaceId == acme.Id && c.Kind == counter && c.Key == key && c.Shard == 0) is
                { } row
            )
            {
                counted.Update(row with { Used = row.Used + Many });
            }
            else
            {
                counted.Add(
                    new Counter
                    {
                        WorkspaceId = acme.Id,
                        Kind = counter,
                        Key = key,
                        Used = Many,
                    }
                );
            }
        }

        await counted.SaveChangesAsync();
    }
}
