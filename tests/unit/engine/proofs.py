"""Which tests prove each honoured element: `docs/reference/bpmn.md` names them, `test_checks.py` sees that they exist.

Each was seen to fail when what it proves was broken.
"""

_FLOW, _EVENTS, _ACTIVITIES = "bpmn/test_flow.py", "bpmn/test_events.py", "bpmn/test_activities.py"
_COMPENSATION, _ELEMENTS = "bpmn/test_compensation.py", "bpmn/test_elements.py"

ELEMENTS = {
    "process": (("test_checks.py", "test_a_process_that_is_not_said_to_be_executable_is_kept_but_not_listed"),),
    "startEvent": (("commands/test_starts.py", "test_a_timer_begins_an_instance_each_round_and_a_new_version_takes_over"),),
    "endEvent": (
        (_EVENTS, "test_error_ends_are_caught_outside_and_stand_still_when_nobody_does"),
        (_ACTIVITIES, "test_a_terminate_end_ends_its_own_process_only"),
        (_ELEMENTS, "test_an_end_event_escalates_before_its_sub_process_ends"),
    ),
    "intermediateCatchEvent": ((_EVENTS, "test_a_message_goes_to_the_nearest_scope_that_has_the_name"),),
    "intermediateThrowEvent": ((_EVENTS, "test_messages_and_signals_are_thrown_with_their_inputs"),),
    "boundaryEvent": (
        (_EVENTS, "test_interrupting_boundary_events_end_the_task"),
        (_EVENTS, "test_non_interrupting_boundary_events_fire_again_and_their_tokens_outlive_the_task"),
    ),
    "userTask": ((_EVENTS, "test_user_tasks_say_who_when_and_what"),),
    "serviceTask": ((_ACTIVITIES, "test_service_tasks_take_inputs_and_give_outputs"),),
    "businessRuleTask": (("bpmn/test_decisions.py", "test_a_table_decides_and_its_result_is_a_variable"),),
    "sendTask": ((_EVENTS, "test_send_and_receive_tasks"),),
    "receiveTask": ((_EVENTS, "test_send_and_receive_tasks"),),
    "scriptTask": ((_FLOW, "test_scripts_assign_variables_and_loops_without_a_wait_are_stopped"),),
    "task": ((_ELEMENTS, "test_tasks_without_work_pass_the_token_on"),),
    "manualTask": ((_ELEMENTS, "test_tasks_without_work_pass_the_token_on"),),
    "callActivity": ((_ACTIVITIES, "test_a_called_process_gets_and_gives_what_the_mappings_say"),),
    "subProcess": ((_ACTIVITIES, "test_a_sub_process_and_a_parallel_branch_share_the_instance_but_not_locals"),),
    "transaction": ((_COMPENSATION, "test_a_cancelled_transaction_undoes_what_is_completed_then_leaves_by_its_boundary_event"),),
    "adHocSubProcess": (
        ("bpmn/test_adhoc.py", "test_when_it_is_enough_the_rest_is_cancelled_or_waited_for"),
        ("bpmn/test_adhoc.py", "test_one_after_the_other_until_it_is_enough"),
    ),
    "exclusiveGateway": ((_FLOW, "test_an_exclusive_gateway_takes_the_first_flow_that_holds_else_the_default"),),
    "parallelGateway": ((_FLOW, "test_a_parallel_join_waits_for_every_flow_in_every_round"),),
    "inclusiveGateway": (
        (_FLOW, "test_an_inclusive_join_waits_only_for_what_can_still_come"),
        (_FLOW, "test_an_inclusive_join_does_not_wait_for_a_token_that_would_come_round_to_it_on_a_flow_that_has_one"),
    ),
    "eventBasedGateway": ((_FLOW, "test_the_first_event_behind_an_event_based_gateway_wins"),),
    "complexGateway": (
        ("bpmn/test_complex.py", "test_it_goes_on_when_its_condition_holds_and_late_tokens_end_there"),
        ("bpmn/test_complex.py", "test_in_a_loop_the_next_round_waits_for_the_late_token_of_the_last"),
    ),
    "multiInstanceLoopCharacteristics": ((_ACTIVITIES, "test_multi_instance_user_tasks_count_collect_and_keep_the_order_of_the_input"),),
    "standardLoopCharacteristics": (
        (_ACTIVITIES, "test_a_standard_loop_runs_while_its_condition_holds"),
        ("bpmn/test_other_suites.py", "test_a_standard_loop_tests_before_or_after_and_never_runs_more_often_than_its_maximum"),
    ),
    "isForCompensation, compensateEventDefinition": (
        (_COMPENSATION, "test_completed_activities_are_undone_newest_first_and_the_thrower_waits_for_all"),
    ),
    "multiple event definitions": (("bpmn/test_multiple.py", "test_an_intermediate_event_is_caught_by_whichever_comes_first"),),
}
EVENTS = {
    "none": ((_ELEMENTS, "test_events_without_a_definition_begin_pass_and_end"),),
    "message": (("commands/test_events.py", "test_a_message_reaches_the_instance_that_waits_for_its_key"),),
    "signal": (("commands/test_events.py", "test_a_signal_reaches_all_of_its_tenant"),),
    "timer": ((_EVENTS, "test_cycles"),),
    "conditional": (("bpmn/test_conditions.py", "test_a_condition_on_a_variable_that_is_not_there_yet_does_not_hold"),),
    "link": ((_FLOW, "test_links_lead_on"),),
    "error": ((_EVENTS, "test_business_errors_reach_the_nearest_boundary_by_code"),),
    "escalation": ((_ELEMENTS, "test_an_escalation_is_heard_outside"),),
    "compensate": ((_COMPENSATION, "test_a_compensation_event_sub_process_takes_the_place_of_the_handlers_and_may_call_them"),),
    "terminate": ((_ACTIVITIES, "test_a_terminate_end_ends_its_own_process_only"),),
    "cancel": ((_EVENTS, "test_a_cancelled_transaction_goes_on_at_its_cancel_event"),),
}
