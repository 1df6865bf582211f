using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Integrations.Tests;

/// <summary>A workspace on a server that mails through an SMTP sink, by a clock of the test's.</summary>
internal sealed class MailedWorkspace(MailSink mail, TestDatabase database, HandClock clock, TestServer server, WorkspaceContext workspace)
    : IAsyncDisposable
{
    public MailSink Mail => mail;

    public HandClock Clock => clock;

    public TestServer Server => server;

    public Membership.Id<Workspace> Id => workspace.Id;

    public static async Task<MailedWorkspace> NewAsync(Database kind, string preset = "seats", CapacityRules? capacity = null)
    {
        var mail = MailSink.Start();
        var database = await TestDatabase.NewAsync(kind);
        var clock = new HandClock();
        var server = await TestServer.StartAsync(database, clock, mail);
        var acme = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", preset), default)).Value;
        var made = new MailedWorkspace(mail, database, clock, server, acme);
        if (capacity is not null)
        {
            await made.LimitAsync(capacity);
        }

        await made.AdminAsync("ada@example.com");
        return made;
    }

    /// <summary>Other limits, and what happens at them.</summary>
    public async Task LimitAsync(CapacityRules capacity)
    {
        var changed = await new ChangeConfiguration(server.Store).RunAsync(
            Actor.Operator,
            Id,
            null,
            workspace.Configuration with
            {
                Capacity = capacity,
            },
            default
        );
        Assert.True(changed.Done, changed.Refusal?.Message);
    }

    /// <summary>One more admin, who has signed in.</summary>
    public async Task AdminAsync(string email)
    {
        var link = await new InviteAdmin(server.Store).RunAsync(Actor.Operator, Id, email, TimeSpan.FromHours(1), default);
        Assert.True(link.Done, link.Refusal?.Message);
        await new UseOneTimeLink(server.Store).RunAsync(link.Value, Browser.Unknown, default);
    }

    /// <summary>Somebody whom the operator brings.</summary>
    public async Task<Member> AddAsync(string name) =>
        (
            await new ProvisionMember(server.Store).RunAsync(
                Actor.Operator,
                Id,
                new()
                {
                    UserName = $"{name}@example.com",
                    Email = $"{name}@example.com",
                    Active = true,
                },
                default
            )
        ).Value;

    /// <summary>Waits for a mail; the clock goes on meanwhile, a second at a time, so that who had just looked looks again.</summary>
    public Task<RecordedMail> FoundAsync(Func<RecordedMail, bool> wanted)
    {
        var looks = 0;
        return Until.FoundAsync(() =>
        {
            if (++looks % 50 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            return mail.Mails.FirstOrDefault(wanted);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await database.DisposeAsync();
        await mail.DisposeAsync();
    }
}
