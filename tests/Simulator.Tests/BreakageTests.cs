namespace UserManagement.Simulator.Tests;

/// <summary>
/// One breakage of a server each, and the rule that the report must name, with what was sent, what came back and why it matters.
/// </summary>
public sealed class BreakageTests
{
    [Theory]
    [InlineData(Fault.IgnoresFilter, "okta", "S04")]
    [InlineData(Fault.IgnoresFilter, "entra", "E02")]
    [InlineData(Fault.RefusesFilter, "okta", "S04")]
    [InlineData(Fault.CaseSensitiveFilter, "okta", "S06")]
    [InlineData(Fault.CaseSensitiveFilter, "onelogin", "S06")]
    [InlineData(Fault.WrongTotal, "okta", "S01")]
    [InlineData(Fault.Creates200, "okta", "S07")]
    [InlineData(Fault.NoLocation, "entra", "S08")]
    [InlineData(Fault.NoLocation, "jumpcloud", "S08")]
    [InlineData(Fault.IgnoresActiveText, "entra", "E08")]
    [InlineData(Fault.HidesInactive, "okta", "S14")]
    [InlineData(Fault.HidesInactive, "entra", "E05")]
    [InlineData(Fault.AddReplacesMembers, "onelogin", "S17")]
    [InlineData(Fault.AddReplacesMembers, "okta", "S18")]
    [InlineData(Fault.EmptiesGroupOnRemove, "jumpcloud", "J02")]
    [InlineData(Fault.AcceptsDuplicates, "okta", "S09")]
    [InlineData(Fault.NoSchemas, "onelogin", "S11")]
    [InlineData(Fault.BareErrors, "okta", "S10")]
    [InlineData(Fault.BareErrors, "entra", "S10")]
    [InlineData(Fault.HtmlErrors, "jumpcloud", "S12")]
    [InlineData(Fault.DeletedStays, "onelogin", "S19")]
    [InlineData(Fault.DeletedStays, "jumpcloud", "S19")]
    [InlineData(Fault.ZeroBased, "okta", "S23")]
    [InlineData(Fault.ForgetsPuts, "onelogin", "S16")]
    [InlineData(Fault.PutLosesId, "jumpcloud", "S16")]
    [InlineData(Fault.PutRefusesReadOnly, "okta", "S16")]
    [InlineData(Fault.PutLosesMemberships, "okta", "S17")]
    [InlineData(Fault.ShowsPassword, "okta", "S13")]
    [InlineData(Fault.RefusesIdInValue, "okta", "O01")]
    [InlineData(Fault.IgnoresEmptyMembers, "okta", "O03")]
    [InlineData(Fault.UniqueExternalId, "okta", "O04")]
    [InlineData(Fault.WantsPath, "okta", "O07")]
    [InlineData(Fault.DropsPushWithUnknown, "okta", "O06")]
    [InlineData(Fault.ItemsPerPageAsAsked, "okta", "S03")]
    [InlineData(Fault.ActiveAsText, "jumpcloud", "S15")]
    [InlineData(Fault.AnyToken, "onelogin", "S21")]
    [InlineData(Fault.RefusesUnknownSchema, "onelogin", "L01")]
    [InlineData(Fault.ListsThree, "onelogin", "L02")]
    [InlineData(Fault.NoResourcesWhenEmpty, "entra", "S02")]
    [InlineData(Fault.EmptyIs404, "jumpcloud", "S04")]
    public async Task A_breakage_is_named_with_its_evidence(Fault fault, string directory, string rule)
    {
        await using var server = await StandInServer.StartAsync(fault);
        var run = await Run.OfAsync(directory, server, "--users", "25", "--groups", "5");
        Assert.Equal(1, run.ExitCode);
        Assert.True(run.BrokenRules.Contains(rule), run.Output);
        var said = run.Output[run.Output.IndexOf($"  {rule} broken", StringComparison.Ordinal)..];
        foreach (var part in new[] { "why it matters: ", "first seen: ", "sent: ", "came back: " })
        {
            Assert.True(said.Contains(part, StringComparison.Ordinal), $"{part}\n{run.Output}");
        }
    }

    [Fact]
    public async Task What_was_sent_and_what_came_back_stand_word_for_word_in_the_report()
    {
        await using var server = await StandInServer.StartAsync(Fault.RefusesIdInValue);
        var run = await Run.OfAsync("okta", server, "--users", "5", "--groups", "1");
        var finding = run.Report["rules"]!.AsArray().Single(r => (string)r!["rule"]!["id"]! == "O01")!;
        Assert.StartsWith("PATCH /Groups/", (string)finding["sent"]!, StringComparison.Ordinal);
        Assert.Contains("\"op\":\"replace\",\"value\":{\"id\":", (string)finding["sent"]!, StringComparison.Ordinal);
        Assert.StartsWith("400 {", (string)finding["cameBack"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(StandInServer.Token, run.Output, StringComparison.Ordinal);
    }
}
