using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Provisioning;

/// <summary>Drift and silence: what is amiss, told once.</summary>
public sealed class DirectoryConcernTests
{
    [Theory, EachDatabase]
    public async Task A_token_that_ends_is_told_before_and_after_and_not_once_another_takes_over(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var old = await TokenAsync(acme, "Entra", 60);
        Assert.Empty(await SeenAsync(acme));
        acme.Clock.Advance(TimeSpan.FromDays(31));
        await UseAsync(acme, old.Token);
        Assert.Equal(["The token Entra ends on 1 May 2026."], await SeenAsync(acme));
        Assert.Equal(1, await MailsAsync(acme));
        await SeenAsync(acme);
        Assert.Equal(1, await MailsAsync(acme)); // told once
        acme.Clock.Advance(TimeSpan.FromDays(29));
        await UseAsync(acme, old.Token); // it is turned away: no use
        Assert.Equal(
            ["The token Entra ended on 1 May 2026; the directory is turned away since."],
            (await SeenAsync(acme)).Where(s => s.Contains("token", StringComparison.Ordinal))
        );
        Assert.Equal(2, await MailsAsync(acme));
        var next = await TokenAsync(acme, "Entra 2", null);
        await UseAsync(acme, next.Token);
        Assert.Empty(await SeenAsync(acme));
        Assert.Equal(2, await MailsAsync(acme)); // well again: quiet
    }

    [Theory, EachDatabase]
    public async Task Silence_is_measured_by_the_usual_rhythm_and_mailed_again_only_when_it_comes_back(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        var entra = await TokenAsync(acme, "Entra", null);
        for (var cycle = 0; cycle < 6; cycle++)
        {
            await CycleAsync();
            acme.Clock.Advance(TimeSpan.FromHours(2));
        }

        Assert.Empty(await SeenAsync(acme));
        acme.Clock.Advance(TimeSpan.FromHours(4));
        Assert.Equal(["No directory has asked since 2 March 2026, 19:00 UTC; it usually comes every 2 hours."], await SeenAsync(acme));
        acme.Clock.Advance(TimeSpan.FromHours(1));
        await SeenAsync(acme);
        Assert.Equal(1, await MailsAsync(acme));
        await CycleAsync();
        Assert.Empty(await SeenAsync(acme));
        acme.Clock.Advance(TimeSpan.FromHours(9));
        Assert.Single(await SeenAsync(acme));
        Assert.Equal(2, await MailsAsync(acme));

        async Task CycleAsync()
        {
            await UseAsync(acme, entra.Token);
            log.Add(Note(acme, entra.Credential, ProvisioningOutcome.Read) with { Method = "GET" });
            await log.FlushAsync(true, default);
        }
    }

    [Theory, EachDatabase]
    public async Task Who_is_missing_in_three_full_cycles_is_counted_and_a_directory_that_sends_changes_alone_confirms_nobody(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = null } });
        using var log = new ProvisioningLog(acme.Store);
        var entra = await TokenAsync(acme, "OneLogin", null);
        await UseAsync(acme, entra.Token);
        List<Member> people = [];
        for (var i = 0; i < 10; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        for (var cycle = 0; cycle < 4; cycle++)
        {
            acme.Clock.Advance(TimeSpan.FromMinutes(30));
            await UseAsync(acme, entra.Token);
            foreach (var person in people.Skip(cycle < 2 ? 0 : 1).Take(cycle == 0 ? 2 : 10))
            {
                log.Add(
                    Note(acme, entra.Credential, ProvisioningOutcome.Unchanged) with
                    {
                        TargetKind = "member",
                        TargetId = person.Id.Value,
                        TargetName = person.ShownName,
                    }
                );
            }

            await log.FlushAsync(true, default);
            Assert.Empty(await SeenAsync(acme));
        }

        acme.Clock.Advance(TimeSpan.FromMinutes(30));
        log.Add(Note(acme, entra.Credential, ProvisioningOutcome.Changed) with { TargetId = people[3].Id.Value }); // no full one
        await log.FlushAsync(true, default);
        Assert.Empty(await SeenAsync(acme)); // full are the second to fourth, and the second named all
        foreach (var person in people.Skip(1))
        {
            log.Add(Note(acme, entra.Credential, ProvisioningOutcome.Unchanged) with { TargetId = person.Id.Value });
        }

        await log.FlushAsync(true, default);
        acme.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["1 person whom the directory brought did not come up in its last 3 full cycles."], await SeenAsync(acme));
    }

    [Theory, EachDatabase]
    public async Task People_without_a_directory_and_groups_with_people_who_are_not_here_are_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var log = new ProvisioningLog(acme.Store);
        var entra = await TokenAsync(acme, "Entra", null);
        await UseAsync(acme, entra.Token);
        await acme.ProvisionAsync("ada@acme.test");
        var group = (await new CreateGroup(acme.Store).RunAsync(acme.Directory, acme.Id, new() { DisplayName = "Staff" }, [], default))
            .Value
            .Group;
        log.Add(OfGroup() with { Code = ProvisioningAdvice.UnknownMembers });
        await log.FlushAsync(true, default);
        Assert.Equal(["The directory put people into the group Staff who are not here."], await SeenAsync(acme));
        log.Add(OfGroup());
        await log.FlushAsync(true, default);
        Assert.Empty(await SeenAsync(acme));
        await new RevokeScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, entra.Credential.Id, default);
        Assert.Equal(["1 person came from a directory, and no directory is connected any more."], await SeenAsync(acme));
        await TokenAsync(acme, "Okta", null);
        Assert.Empty(await SeenAsync(acme));
        Assert.Equal(
            "forbidden",
            (await new ListDirectoryConcerns(acme.Store).RunAsync(acme.As(await acme.JoinAsync("jo@acme.test")), acme.Id, default))
                .Refusal
                ?.Code
        );

        ProvisioningNote OfGroup() =>
            Note(acme, entra.Credential, ProvisioningOutcome.Changed) with
            {
                TargetKind = "group",
                TargetId = group.Id.Value,
                TargetName = "Staff",
            };
    }

    [Theory, EachDatabase]
    public async Task Two_servers_that_look_at_once_mail_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var entra = await TokenAsync(acme, "Entra", 10);
        await UseAsync(acme, entra.Token);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new WatchDirectories(acme.Store).RunAsync(default)));
        Assert.Equal(1, await MailsAsync(acme));
    }

    private static async Task<List<string>> SeenAsync(TestWorkspace workspace)
    {
        await new WatchDirectories(workspace.Store).RunAsync(default);
        return
        [
            .. (await new ListDirectoryConcerns(workspace.Store).RunAsync(Actor.Operator, workspace.Id, default)).Value.Select(c =>
                c.Sentence
            ),
        ];
    }

    private static async Task<int> MailsAsync(TestWorkspace workspace)
    {
        await using var db = workspace.Store.Read();
        return await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.DirectoryMail);
    }

    private static async Task<IssuedScimToken> TokenAsync(TestWorkspace workspace, string name, int? days) =>
        (
            await new CreateScimCredential(workspace.Store).RunAsync(
                Actor.Operator,
                workspace.Id,
                name,
                days is { } n ? TimeSpan.FromDays(n) : null,
                default
            )
        ).Value;

    private static async Task UseAsync(TestWorkspace workspace, string token) =>
        await new RecognizeScimToken(workspace.Store).RunAsync("acme", token, null, default);

    private static ProvisioningNote Note(TestWorkspace workspace, ScimCredential credential, ProvisioningOutcome outcome) =>
        new()
        {
            Workspace = workspace.Id,
            ClientId = credential.Id.Value,
            Client = credential.Name,
            At = workspace.Clock.Now,
            Took = TimeSpan.FromMilliseconds(3),
            Method = "PUT",
            Path = "/Users",
            Outcome = outcome,
            Status = 200,
        };
}
