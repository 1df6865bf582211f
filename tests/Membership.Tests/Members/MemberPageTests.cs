using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Members;

public sealed class MemberPageTests
{
    [Theory, EachDatabase]
    [Shows("S1-37")]
    public async Task Of_somebody_who_has_gone_it_says_what_happened_and_when_and_no_name(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var member = (await acme.JoinAsync("jo@acme.test"))!;
        Assert.True((await new EndMember(acme.Store).RunAsync(Actor.Operator, acme.Id, member.Id, null, default)).Done);
        var ended = await ReadAsync(member.Id);
        Assert.Equal((RefusalKind.NotFound, "notFound"), (ended.Kind, ended.Code));
        Assert.Contains($"membership ended on {acme.Clock.Now:yyyy-MM-dd}", ended.Message, StringComparison.Ordinal);

        acme.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, member.Id, default)).Done);
        var erased = await ReadAsync(member.Id);
        Assert.Contains($"erased on {acme.Clock.Now:yyyy-MM-dd}", erased.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("jo@", ended.Message + erased.Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no such member", (await ReadAsync(new(Guid.CreateVersion7()))).Message, StringComparison.Ordinal);

        async Task<Refusal> ReadAsync(Id<Member> id) =>
            (await new MemberPage(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default)).Refusal!;
    }
}
